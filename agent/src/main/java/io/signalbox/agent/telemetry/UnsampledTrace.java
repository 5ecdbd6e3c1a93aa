package io.signalbox.agent.telemetry;

import io.netty.util.AsciiString;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.RequestTrace;
import io.signalbox.agent.proxy.TracedRequest;

/** A new trace that the sampler does not want: upstream is told, so that no part of it is recorded there either. */
record UnsampledTrace(AsciiString traceparent) implements RequestTrace {
    @Override
    public CharSequence startAttempt(Endpoint endpoint) {
        return traceparent;
    }

    @Override
    public void attemptFailed(String errorType) {}

    @Override
    public void end(TracedRequest request) {}
}
