package io.signalbox.agent.policy;

import org.jspecify.annotations.Nullable;

/** The header {@code grpc-timeout} (gRPC over HTTP/2, Requests): up to eight digits and a unit. */
public final class GrpcTimeout {
    private static final int MAX_DIGITS = 8;

    private GrpcTimeout() {}

    /**
     * Reads a value.
     *
     * @return milliseconds, at least 1; 0 when there is no value or it is not one
     */
    public static long millis(@Nullable CharSequence value) {
        int digits = value == null ? 0 : value.length() - 1;
        if (value == null || digits < 1 || digits > MAX_DIGITS) {
            return 0;
        }
        long number = 0;
        for (int i = 0; i < digits; i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            number = number * 10 + digit;
        }
        return switch (value.charAt(digits)) {
            case 'H' -> atLeastOne(number * 3_600_000);
            case 'M' -> atLeastOne(number * 60_000);
            case 'S' -> atLeastOne(number * 1000);
            case 'm' -> atLeastOne(number);
            case 'u' -> atLeastOne(number / 1000);
            case 'n' -> atLeastOne(number / 1_000_000);
            default -> 0;
        };
    }

    private static long atLeastOne(long millis) {
        return Math.max(1, millis);
    }

    /**
     * The timeout of a request.
     *
     * @param routeMillis of its route; 0: none
     * @param grpcMillis of the caller's header; 0: none
     * @return the caller's, capped by the route's; without a caller's, the route's; 0: none
     */
    public static long effective(long routeMillis, long grpcMillis) {
        if (grpcMillis == 0) {
            return routeMillis;
        }
        return routeMillis == 0 ? grpcMillis : Math.min(routeMillis, grpcMillis);
    }

    /** Writes a value. */
    public static String text(long millis) {
        return millis <= 99_999_999L ? millis + "m" : Math.min(99_999_999L, millis / 1000) + "S";
    }
}
