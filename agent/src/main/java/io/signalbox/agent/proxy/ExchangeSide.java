package io.signalbox.agent.proxy;

import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.policy.HeaderFields;
import io.signalbox.agent.routing.RequestAttributes;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * What a protocol does with a request while {@link RequestFlow} says what happens to it. Called on the event loop.
 *
 * <p>An answer and {@link #cutOff} end the request: the protocol calls {@link RequestFlow#end} on the way.
 */
public interface ExchangeSide {
    /** {@code HTTP/1.1} or {@code HTTP/2}. */
    String protocol();

    /** The request as the caller sent it, with its path normalised. */
    RequestAttributes request();

    /** The normalised path with all that follows it. */
    String pathAndQuery();

    /** Whether the request is gRPC. */
    boolean isGrpc();

    /** Begins to trace the request; null: it is not traced. */
    @Nullable
    RequestTrace startTrace();

    /** What a span says of the request, which has ended. */
    TracedRequest traced();

    /** The header fields of the request that goes on, for changing them. */
    HeaderFields requestFields();

    /** The request goes on with this path and query. */
    void rewritePath(String path);

    /** The request goes on with this authority. */
    void rewriteAuthority(String authority);

    /** Sends the request, as changed, to an endpoint, on which it counts as started until the protocol ends it. */
    void startAttempt(UpstreamEndpoint endpoint);

    /** Lets go of the running attempt: another follows. */
    void dropAttempt();

    /** Whether the request can be copied. */
    boolean isMirrorable();

    /**
     * Begins to send a copy of the request, as changed, to an endpoint, on which it counts as started. Called before
     * the first attempt; what becomes of the copy nobody sees.
     *
     * @param protocol that the endpoint speaks
     */
    void mirror(UpstreamEndpoint endpoint, UpstreamProtocol protocol);

    /** Whether all of the request that has been sent can be sent again. */
    boolean isReplayable();

    /** Whether the caller has got the head of a response. */
    boolean hasResponded();

    /** Ends the request with an answer of the agent's own, in place of the attempt that may be running. */
    void answer(Answer answer);

    /**
     * Ends the request in the middle of its response.
     *
     * @param flag Envoy's letters for the reason
     */
    void cutOff(String flag);
}
