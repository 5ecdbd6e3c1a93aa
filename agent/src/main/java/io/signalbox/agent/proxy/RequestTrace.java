package io.signalbox.agent.proxy;

import io.signalbox.agent.model.Endpoint;

/**
 * The server span of one request and the client spans of its attempts. Confined to the request's event loop. Exactly
 * one {@link #end} ends it; an attempt that is still open then ends with it.
 */
public interface RequestTrace {
    /**
     * Begins an attempt: opens its client span.
     *
     * @param endpoint where the attempt goes
     * @return the {@code traceparent} to send with it, in place of what the request brought
     */
    CharSequence startAttempt(Endpoint endpoint);

    /**
     * Ends the open attempt, when another follows.
     *
     * @param errorType why it failed, in the form of the attribute {@code error.type}
     */
    void attemptFailed(String errorType);

    /** Ends the request's span, and with it the open attempt. */
    void end(TracedRequest request);
}
