package io.signalbox.agent.model;

/**
 * Takes endpoints that fail out for a while.
 *
 * @param consecutive5xx errors in a row, local failures included unless split; 0: off
 * @param consecutiveGatewayErrors 502, 503, 504 in a row; 0: off
 * @param splitLocalErrors whether local failures (connect, reset) count apart
 * @param consecutiveLocalFailures with {@code splitLocalErrors}; 0: off
 * @param intervalMillis between checks for return
 * @param baseEjectionMillis times the number of ejections: how long
 * @param maxEjectionPercent of all endpoints
 * @param minHealthPercent below this share of healthy endpoints ejection is ignored and all are used; 0: never
 */
public record OutlierDetection(
        int consecutive5xx,
        int consecutiveGatewayErrors,
        boolean splitLocalErrors,
        int consecutiveLocalFailures,
        int intervalMillis,
        int baseEjectionMillis,
        int maxEjectionPercent,
        int minHealthPercent) {}
