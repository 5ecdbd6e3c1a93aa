package io.signalbox.agent.model;

/**
 * The content hash of a port snapshot: equal content has an equal version on every replica.
 *
 * @param value lower-case hexadecimal; how it is computed stands in {@code signalbox/config/v1/snapshot.proto}
 */
public record Version(String value) {
    /** The version of nothing: what a port has that is not configured. */
    public static final Version NONE = new Version("");

    @Override
    public String toString() {
        return value.isEmpty() ? "none" : value;
    }
}
