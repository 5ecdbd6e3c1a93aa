package io.signalbox.agent.proxy;

import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are traced. Implemented by {@code telemetry}; called on event loops, so it must not block, and
 * must cost next to nothing for a request that is not sampled.
 */
@FunctionalInterface
public interface RequestTracing {
    /** Traces nothing and leaves trace headers as they are. */
    RequestTracing OFF = (traceparent, tracestate) -> null;

    /**
     * Called once per routed request, before its first attempt; not called for passthrough.
     *
     * @param traceparent the value of the request's header of that name, null when absent (W3C Trace Context)
     * @param tracestate likewise
     * @return null when the request goes on with the trace headers that it came with and nothing is recorded
     */
    @Nullable
    RequestTrace start(@Nullable CharSequence traceparent, @Nullable CharSequence tracestate);
}
