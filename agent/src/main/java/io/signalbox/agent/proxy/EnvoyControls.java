package io.signalbox.agent.proxy;

import java.util.List;

/**
 * Request headers by which a caller could tell a proxy what to do. Ours goes by its rules alone, as Istio's does by
 * default, and the next is not told either.
 */
public final class EnvoyControls {
    /** Their names, lower-case. */
    public static final List<String> NAMES = List.of(
            "x-envoy-retry-on",
            "x-envoy-retry-grpc-on",
            "x-envoy-max-retries",
            "x-envoy-upstream-rq-timeout-ms",
            "x-envoy-upstream-rq-per-try-timeout-ms",
            "x-envoy-retriable-status-codes",
            "x-envoy-expected-rq-timeout-ms");

    private EnvoyControls() {}
}
