package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;

/** A caller's connection that has become a tunnel to an endpoint: each of its two directions ends by itself. */
final class Tunnel {
    private final Attempt attempt;
    private final Output caller;
    private boolean callerEnded;
    private boolean endpointEnded;

    Tunnel(Attempt attempt, Output caller) {
        this.attempt = attempt;
        this.caller = caller;
    }

    /** Takes bytes of the caller. */
    void up(ByteBuf in) {
        attempt.tunnelUp(in);
    }

    /** Nothing follows from the caller; may be told again. Returns whether nothing follows from the endpoint either. */
    boolean callerEnds() {
        if (!callerEnded) {
            callerEnded = true;
            attempt.tunnelUpEnded();
        }
        return endpointEnded;
    }

    /** Nothing follows from the endpoint. Returns whether nothing follows from the caller either. */
    boolean endpointEnds() {
        endpointEnded = true;
        if (!callerEnded) {
            caller.shutdownAfterwards(() -> {});
        }
        return callerEnded;
    }
}
