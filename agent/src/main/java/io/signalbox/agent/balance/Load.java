package io.signalbox.agent.balance;

/** How busy an endpoint is. */
public interface Load {
    /** Requests (for HTTP) and connections (for TCP) that run on it now, as this event loop sees it. */
    int activeRequests();
}
