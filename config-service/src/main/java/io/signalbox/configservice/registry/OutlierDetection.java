package io.signalbox.configservice.registry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When an endpoint that fails is left out for a while. What is absent is not declared.
 *
 * @param splitExternalLocalOriginErrors whether failures to connect are counted apart from error responses
 * @param consecutiveLocalOriginFailures failures to connect until ejection, if split
 * @param consecutiveGatewayErrors 502, 503, 504 until ejection; 0: off
 * @param consecutive5xxErrors errors until ejection; 0: off
 * @param interval between sweeps
 * @param baseEjectionTime times how often the endpoint was ejected
 * @param maxEjectionPercent of the endpoints at a time; 0: not declared
 * @param minHealthPercent below it ejection is ignored
 */
public record OutlierDetection(
        boolean splitExternalLocalOriginErrors,
        @Nullable Integer consecutiveLocalOriginFailures,
        @Nullable Integer consecutiveGatewayErrors,
        @Nullable Integer consecutive5xxErrors,
        @Nullable Duration interval,
        @Nullable Duration baseEjectionTime,
        int maxEjectionPercent,
        int minHealthPercent) {}
