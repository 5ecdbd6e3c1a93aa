package io.signalbox.configservice.registry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an endpoint is chosen. At most one of {@code simple} and {@code consistentHash} is declared.
 *
 * @param simple {@link Simple#UNSPECIFIED} when not declared
 * @param locality absent: that of the mesh
 * @param warmup absent: none
 */
public record LoadBalancerSettings(
        Simple simple,
        @Nullable ConsistentHash consistentHash,
        @Nullable LocalitySettings locality,
        @Nullable Warmup warmup) {
    /** Values of {@code simple}. */
    public enum Simple {
        /** Not declared: the default. */
        UNSPECIFIED,
        LEAST_REQUEST,
        /** The old word for {@link #LEAST_REQUEST}. */
        LEAST_CONN,
        ROUND_ROBIN,
        RANDOM,
        /** The original destination, no choice. */
        PASSTHROUGH
    }

    /**
     * Equal keys go to equal endpoints.
     *
     * @param key what of a request is the key; absent: not declared, which is refused
     */
    public record ConsistentHash(@Nullable HashKey key, HashAlgorithm algorithm) {}

    /** What of a request is the key. */
    public sealed interface HashKey {
        /** The value of this header. */
        record Header(String name) implements HashKey {}

        /**
         * The value of a cookie.
         *
         * @param path of a cookie that is made; empty: none
         * @param ttl of a cookie that is made, zero: for the session; absent: no cookie is made
         */
        record Cookie(String name, String path, @Nullable Duration ttl) implements HashKey {}

        /** The caller's address. */
        record SourceIp() implements HashKey {}

        /** The first value of this query parameter. */
        record QueryParameter(String name) implements HashKey {}
    }

    /** How keys are spread over endpoints. */
    public sealed interface HashAlgorithm {
        /**
         * Points on a ring.
         *
         * @param minimumRingSize least number of points; 1024 when not declared
         */
        record RingHash(long minimumRingSize) implements HashAlgorithm {}

        /**
         * A filled table.
         *
         * @param tableSize a prime; 65537 when not declared
         */
        record Maglev(long tableSize) implements HashAlgorithm {}
    }

    /**
     * New endpoints get their share slowly.
     *
     * @param duration until the full share
     * @param minimumPercent share at the start; 10 when not declared
     * @param aggression shape of the rise; 1 (linear) when not declared
     */
    public record Warmup(Duration duration, double minimumPercent, double aggression) {}
}
