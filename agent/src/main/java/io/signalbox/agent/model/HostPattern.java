package io.signalbox.agent.model;

/**
 * A Host or SNI value, and who may use it.
 *
 * @param pattern lower-case, without port: a name, an address (IPv6 in brackets), {@code *.} and a suffix, or {@code *}
 * @param audience for one caller the more particular audience hides the same pattern of a more general one
 */
public record HostPattern(String pattern, Audience audience) {
    /** A pattern for everyone. */
    public static HostPattern of(String pattern) {
        return new HostPattern(pattern, Audience.EVERYONE);
    }
}
