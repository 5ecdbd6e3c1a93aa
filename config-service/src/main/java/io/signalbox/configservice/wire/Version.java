package io.signalbox.configservice.wire;

/**
 * A content hash: equal content has an equal version on every replica.
 *
 * @param value 32 lower-case hexadecimal digits; empty: nothing held
 */
public record Version(String value) {
    /** What an agent holds that holds nothing. */
    public static final Version NONE = new Version("");

    /** Whether nothing is held. */
    public boolean isNone() {
        return value.isEmpty();
    }

    @Override
    public String toString() {
        return value.isEmpty() ? "none" : value;
    }
}
