package io.signalbox.agent.model;

import org.jspecify.annotations.Nullable;

/**
 * What the key of a consistent hash is, and how it becomes an endpoint.
 *
 * @param key where the key stands; absent keys give a random endpoint
 * @param algorithm how the key becomes an endpoint
 */
public record ConsistentHash(Key key, Algorithm algorithm) {
    /** Where the key stands. */
    public sealed interface Key {
        /** A header, in lower case. */
        record Header(String name) implements Key {}

        /**
         * A cookie.
         *
         * @param path empty: none
         * @param ttlSeconds null: only read; 0: made for the session when absent; else made with this Max-Age
         */
        record Cookie(String name, String path, @Nullable Integer ttlSeconds) implements Key {}

        /** The caller's address. */
        record SourceIp() implements Key {}

        /** A query parameter. */
        record QueryParameter(String name) implements Key {}
    }

    /** How a key becomes an endpoint. */
    public sealed interface Algorithm {
        /** Karger's ring with at least so many points. */
        record RingHash(int minimumSize) implements Algorithm {}

        /** Google's Maglev table of this size, a prime. */
        record Maglev(int tableSize) implements Algorithm {}
    }
}
