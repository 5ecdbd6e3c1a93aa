package io.signalbox.agent.proxy;

import io.signalbox.agent.balance.PeakEwma;
import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.model.RetryPolicy;
import io.signalbox.agent.model.UpstreamProtocol;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.Backoff;
import io.signalbox.agent.policy.GrpcStatus;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.policy.RetryRules;
import io.signalbox.agent.upstream.UpstreamBackend;
import io.signalbox.agent.upstream.UpstreamEndpoint;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one forwarded request: where each goes, how long it may take, and whether another follows. Used for
 * one request after another. Confined to its event loop.
 *
 * <p>A time that is to be kept runs while the agent or the backend is at work, not while the caller still sends: a
 * timer that runs when the request goes upstream in part is stopped, and starts anew when the request is complete.
 */
public final class Attempts {
    private final LoopContext loop;
    private final RequestFlow flow;
    private final ExchangeSide side;
    private final Timer timeout;
    private final Timer tryTimeout;
    private final Timer backoff;

    private @Nullable UpstreamBackend backend;
    private UpstreamProtocol protocol = UpstreamProtocol.AS_CALLER;
    private @Nullable RetryPolicy retry;
    private @Nullable RequestTrace trace;
    private @Nullable CharSequence traceparent;
    private final PickContext picks = new PickContext();
    private @Nullable UpstreamEndpoint endpoint;

    /** Of the running attempt's endpoint, until it has answered; null: not wanted. */
    private @Nullable PeakEwma latency;

    private long attemptStartNanos;
    private long timeoutMillis;
    private long timeoutStartNanos;
    private long completeNanos;
    private int number;
    private int retries;
    private boolean requestComplete;
    private boolean countsAsRetry;
    private boolean resent;

    Attempts(LoopContext loop, RequestFlow flow, ExchangeSide side) {
        this.loop = loop;
        this.flow = flow;
        this.side = side;
        this.timeout = new Timer(loop.eventLoop(), this::timedOut);
        this.tryTimeout = new Timer(loop.eventLoop(), this::tryTimedOut);
        this.backoff = new Timer(loop.eventLoop(), this::next);
    }

    /**
     * Makes the first attempt.
     *
     * @param policy null: no retries
     * @param millis for all attempts; 0: as long as it takes
     * @param tracing null: not traced
     */
    void start(UpstreamBackend to, @Nullable RetryPolicy policy, long millis, @Nullable RequestTrace tracing) {
        backend = to;
        protocol = to.prepared().backend().upstreamProtocol();
        retry = policy;
        timeoutMillis = millis;
        trace = tracing;
        startTimeout();
        next();
    }

    /** Makes the only attempt, on an endpoint that no route has chosen. */
    public void passThrough(UpstreamEndpoint destination) {
        send(destination);
    }

    /** What the choice of endpoints depends on. */
    PickContext picks() {
        return picks;
    }

    private void next() {
        UpstreamBackend to = backend;
        UpstreamEndpoint picked = to == null ? null : to.pick(picks);
        if (picked == null) {
            flow.reply(LocalReply.NO_ENDPOINT);
        } else {
            number++;
            resent = false;
            send(picked);
        }
    }

    private void send(UpstreamEndpoint picked) {
        if (!picked.requestStarted()) {
            endpoint = null;
            flow.reply(LocalReply.OVERFLOW);
            return;
        }
        endpoint = picked;
        latency = picked.measuredLatency();
        if (latency != null) {
            attemptStartNanos = loop.nanos();
        }
        traceparent = trace == null ? null : trace.startAttempt(picked.endpoint());
        startTryTimeout();
        side.startAttempt(picked);
    }

    /**
     * Sends the attempt's request again, since it certainly, or at no harm, was not processed: whether that is so is
     * for the protocol to say. It is no retry, and happens once in an attempt.
     *
     * @return whether it is sent again
     */
    public boolean resend() {
        UpstreamEndpoint same = endpoint;
        UpstreamBackend to = backend;
        if (same == null || resent || !side.isReplayable()) {
            return false;
        }
        resent = true;
        if (to != null) {
            to.stats().resent.increment();
        }
        if (trace != null) {
            trace.attemptFailed(AttemptFailure.RESET.errorType());
        }
        side.dropAttempt();
        if (to != null && !same.isReferenced()) {
            same = to.pick(picks);
        }
        if (same == null) {
            flow.reply(LocalReply.NO_ENDPOINT);
        } else {
            send(same);
        }
        return true;
    }

    // ---- for the running attempt ----------------------------------------------------------------------------------

    /** What is spoken to the endpoints, in all attempts. */
    public UpstreamProtocol upstreamProtocol() {
        return protocol;
    }

    /** Number of the attempt, from 1. */
    public int number() {
        return number;
    }

    /** The {@code traceparent} of the attempt; null leaves it as it came. */
    public @Nullable CharSequence traceparent() {
        return traceparent;
    }

    /** How long the attempt may take, as the endpoint is told; 0: as long as it takes. */
    public long expectedMillis() {
        long expected = tryMillis();
        if (timeoutMillis == 0) {
            return expected;
        }
        long rest = Math.max(1, timeoutMillis - elapsedMillis(timeoutStartNanos));
        return expected == 0 ? rest : Math.min(expected, rest);
    }

    private long tryMillis() {
        RetryPolicy policy = retry;
        return policy == null ? 0 : policy.perTryTimeoutMillis();
    }

    private long elapsedMillis(long sinceNanos) {
        return TimeUnit.NANOSECONDS.toMillis(loop.nanos() - sinceNanos);
    }

    /** From the complete request to now, in milliseconds. */
    public long serviceMillis() {
        return elapsedMillis(completeNanos);
    }

    /** Whether what is sent of the request's body must be kept, so that another attempt can send it again. */
    public boolean keepsBody() {
        RetryPolicy policy = retry;
        return policy != null && retries < policy.attempts() && RetryRules.needsBody(policy, side.isGrpc());
    }

    /** What there is of the request has gone upstream, and the caller still sends. */
    public void awaitRequest() {
        timeout.cancel();
        tryTimeout.cancel();
    }

    /** All of the request has come. */
    public void requestComplete() {
        if (!requestComplete) {
            requestComplete = true;
            completeNanos = loop.nanos();
            if (number > 0) {
                startTimeout();
                startTryTimeout();
            }
        }
    }

    private void startTimeout() {
        if (timeoutMillis > 0 && !timeout.isRunning()) {
            timeoutStartNanos = loop.nanos();
            timeout.start(timeoutMillis);
        }
    }

    private void startTryTimeout() {
        long millis = tryMillis();
        if (millis > 0 && endpoint != null && !tryTimeout.isRunning()) {
            tryTimeout.start(millis);
        }
    }

    /** The head of a response goes to the caller. */
    public void responding() {
        tryTimeout.cancel();
    }

    /** The connection has become a tunnel, for which no time counts. */
    public void tunnelling() {
        timeout.cancel();
        tryTimeout.cancel();
    }

    // ---- another attempt ------------------------------------------------------------------------------------------

    /**
     * The running attempt has ended without a response.
     *
     * @return whether another follows; else the request is to be ended
     */
    public boolean retries(AttemptFailure failure) {
        attemptFailed(failure);
        RetryPolicy policy = retry;
        return policy != null
                && RetryRules.afterFailure(policy, failure)
                && again(policy, failure.errorType(), failure != AttemptFailure.CONNECT_FAILURE);
    }

    /**
     * The head of a response has come to the running attempt.
     *
     * @param grpcStatus as {@link RetryRules#afterResponse} wants it
     * @param rateLimited whether the response has a header {@code x-envoy-ratelimited}
     * @return whether it is dropped and another attempt follows; else it is the response to the request
     */
    public boolean retriesAfter(int status, int grpcStatus, boolean rateLimited) {
        if (endpoint != null) {
            int meant = grpcStatus == RetryRules.NO_GRPC_STATUS ? status : GrpcStatus.toHttp(grpcStatus);
            endpoint.responded(meant);
            if (latency != null) {
                measured(latency, meant >= 500);
            }
        }
        RetryPolicy policy = retry;
        return policy != null
                && RetryRules.afterResponse(policy, status, grpcStatus, rateLimited)
                && again(policy, Integer.toString(status), true);
    }

    private void attemptFailed(AttemptFailure failure) {
        if (endpoint != null) {
            endpoint.failed(failure);
            if (latency != null && failure != AttemptFailure.OVERFLOW) {
                measured(latency, true);
            }
            latency = null;
        }
    }

    private void measured(PeakEwma by, boolean isFailure) {
        long now = loop.nanos();
        long nanos = now - attemptStartNanos;
        if (isFailure) {
            by.failed(nanos, now);
        } else {
            by.answered(nanos, now);
        }
        latency = null;
    }

    private boolean again(RetryPolicy policy, String reason, boolean reached) {
        UpstreamBackend to = backend;
        if (to == null || retries >= policy.attempts() || side.hasResponded() || !side.isReplayable()) {
            return false;
        }
        if (!countsAsRetry && !to.tryStartRetry(reached)) {
            to.stats().retriesRefused.increment();
            return false;
        }
        countsAsRetry = true;
        retries++;
        to.stats().retries.increment();
        if (trace != null) {
            trace.attemptFailed(reason);
        }
        if (policy.avoidPreviousEndpoints() && endpoint != null) {
            picks.avoid(endpoint);
        }
        if (policy.otherLocalities()) {
            picks.preferOtherLocalities();
        }
        endpoint = null;
        tryTimeout.cancel();
        side.dropAttempt();
        backoff.start(Backoff.millis(retries, policy.backoffBaseMillis(), loop.random()));
        return true;
    }

    private void timedOut() {
        UpstreamBackend to = backend;
        if (to != null) {
            to.stats().timeouts.increment();
        }
        if (side.hasResponded()) {
            side.cutOff("UT");
            return;
        }
        attemptFailed(AttemptFailure.TIMEOUT);
        flow.reply(LocalReply.TIMEOUT);
    }

    private void tryTimedOut() {
        UpstreamBackend to = backend;
        if (to != null) {
            to.stats().tryTimeouts.increment();
        }
        if (!retries(AttemptFailure.TIMEOUT)) {
            flow.reply(LocalReply.TIMEOUT);
        }
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** The backend, null for a request that goes to none. */
    public @Nullable UpstreamBackend backend() {
        return backend;
    }

    /** Null: not traced. */
    @Nullable
    RequestTrace trace() {
        return trace;
    }

    /** A request begins that may be forwarded. */
    void begin(long nowNanos, boolean complete) {
        completeNanos = nowNanos;
        requestComplete = complete;
    }

    /** The request has ended. */
    void end() {
        timeout.cancel();
        tryTimeout.cancel();
        backoff.cancel();
        UpstreamBackend to = backend;
        if (to != null && countsAsRetry) {
            to.retryEnded();
        }
        if (latency != null) {
            long now = loop.nanos();
            latency.abandoned(now - attemptStartNanos, now);
            latency = null;
        }
        backend = null;
        protocol = UpstreamProtocol.AS_CALLER;
        retry = null;
        trace = null;
        traceparent = null;
        endpoint = null;
        picks.reset();
        timeoutMillis = 0;
        number = 0;
        retries = 0;
        requestComplete = false;
        countsAsRetry = false;
        resent = false;
    }
}
