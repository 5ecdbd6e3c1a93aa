package io.signalbox.agent.proxy.http1;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** How a request's head differs from the one that came. Used for one request after another. */
final class RequestEdits {
    /** Header fields of rules. */
    final FieldChanges fields = new FieldChanges();

    /** Replaces path and query; null: as it came. */
    byte @Nullable [] path;

    /** Replaces Host; null: as it came. */
    @Nullable
    String authority;

    /** Replaces the header of that name; null leaves it as it came. */
    @Nullable
    CharSequence traceparent;

    /** Value of {@code x-request-id} for a request that brings none. */
    @Nullable
    AsciiString requestId;

    /** Whether it asks for the WebSocket protocol. */
    boolean websocket;

    /**
     * Whether nothing is known of the destination: an absolute target stays one, and no header of ours is added or
     * taken away.
     */
    boolean asItCame;

    /** Number of the attempt, from 1. */
    int attempt;

    /** How long the attempt may take; 0: as long as it will. */
    long expectedMillis;

    void clear() {
        fields.clear();
        path = null;
        authority = null;
        traceparent = null;
        requestId = null;
        websocket = false;
        asItCame = false;
        attempt = 0;
        expectedMillis = 0;
    }
}
