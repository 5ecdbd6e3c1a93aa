package io.signalbox.configservice.publish;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainResponse;
import io.signalbox.config.v1.Heartbeat;
import io.signalbox.config.v1.Hello;
import io.signalbox.config.v1.Nack;
import io.signalbox.config.v1.RefusedPort;
import io.signalbox.config.v1.StreamConfigResponse;
import io.signalbox.config.v1.Welcome;
import io.signalbox.configservice.wire.Published;
import io.signalbox.configservice.wire.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent's stream, from Hello to its end.
 *
 * <p>A writer of its own, a virtual thread, is the only one that sends: Welcome, then pushes with at most one
 * unanswered, questions and heartbeats in between. It reads the offer when it is free to send, so what changed
 * meanwhile is one push of the newest state. The transport neither tells that an agent is slow nor reliably that it is
 * gone: the one in flight bounds what is queued, and {@link AgentSessions} ends sessions that were not heard of in
 * time.
 *
 * <p>All methods may be called by any thread.
 */
final class AgentSession {
    private static final Logger log = LoggerFactory.getLogger(AgentSession.class);

    private static final Response HEARTBEAT =
            Response.of(StreamConfigResponse.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()));

    /** Parts from which on a push is large. */
    private static final int LARGE_RESPONSES = 8;

    private final Hello hello;
    private final Standing standing;
    private final StreamObserver<Response> agent;
    private final Offer offer;
    private final Semaphore largePushes;
    private final SessionTerms terms;
    private final PublishObserver observer;
    private final SessionClock clock;
    private final Instant connectedSince;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /* Guarded by lock. */
    private final HeldState held;
    private final Questions questions = new Questions();
    private Instant lastHeard;
    private long lastHeardNanos;
    private long pushedNanos;
    private @Nullable Duration lastAckLatency;
    private @Nullable Status end;
    private long pushes;
    private long acks;
    private long nacks;
    private @Nullable Thread writer;
    private boolean finishing;

    AgentSession(
            Hello hello,
            Standing standing,
            StreamObserver<Response> agent,
            Offer offer,
            Semaphore largePushes,
            SessionTerms terms,
            PublishObserver observer,
            SessionClock clock) {
        this.hello = hello;
        this.standing = standing;
        this.agent = agent;
        this.offer = offer;
        this.largePushes = largePushes;
        this.terms = terms;
        this.observer = observer;
        this.clock = clock;
        this.held = new HeldState(hello);
        this.connectedSince = clock.now();
        this.lastHeard = connectedSince;
        this.lastHeardNanos = clock.nanos();
    }

    String node() {
        return hello.getNode();
    }

    /** By what right it goes on. */
    Standing standing() {
        return standing;
    }

    /** Starts the writer. To be called once. */
    void start() {
        lock.lock();
        try {
            writer = Thread.ofVirtual().name("session-" + node()).start(this::write);
        } finally {
            lock.unlock();
        }
    }

    /** Something new is published. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        try {
            agent.onNext(Response.of(StreamConfigResponse.newBuilder().setWelcome(welcome())));
            for (List<Response> next = awaitNext(); !next.isEmpty(); next = awaitNext()) {
                if (next.size() < LARGE_RESPONSES) {
                    next.forEach(agent::onNext);
                } else {
                    sendLarge(next);
                }
            }
        } catch (InterruptedException e) {
            log.debug("session interrupted: node={}", node());
        } catch (RuntimeException e) {
            log.warn("agent cannot be sent to: node={} reason={}", node(), e.toString());
            end(Status.UNAVAILABLE.withDescription("cannot send").withCause(e));
        }
        finish();
    }

    /** Few at a time: a stream that gets only crumbs of the bandwidth is taken for dead by the transport. */
    private void sendLarge(List<Response> parts) throws InterruptedException {
        while (!largePushes.tryAcquire(terms.heartbeatInterval().toMillis() / 2, TimeUnit.MILLISECONDS)) {
            agent.onNext(HEARTBEAT);
        }
        try {
            parts.forEach(agent::onNext);
        } finally {
            largePushes.release();
        }
    }

    private Welcome welcome() {
        return Welcome.newBuilder()
                .setServiceInstance(terms.serviceInstance())
                .setServiceVersion(terms.serviceVersion())
                .setHeartbeatIntervalMillis((int) terms.heartbeatInterval().toMillis())
                .setHeartbeatDeadlineMillis((int) terms.heartbeatDeadline().toMillis())
                .build();
    }

    /** Waits for a question, a push or the time of a heartbeat; empty when the session has ended. */
    private List<Response> awaitNext() throws InterruptedException {
        lock.lock();
        try {
            // Half the interval leaves room for a late wake-up.
            long remainingNanos = terms.heartbeatInterval().toNanos() / 2;
            while (end == null) {
                ExplainRequest question = questions.next();
                if (question != null) {
                    return List.of(Response.of(StreamConfigResponse.newBuilder().setExplain(question)));
                }
                Optional<EncodedPush> push = nextPush();
                if (push.isPresent()) {
                    pushes++;
                    pushedNanos = clock.nanos();
                    observer.onPush(push.get().size());
                    return push.get().responses();
                }
                if (remainingNanos <= 0) {
                    return List.of(HEARTBEAT);
                }
                remainingNanos = changed.awaitNanos(remainingNanos);
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private Optional<EncodedPush> nextPush() {
        Published published = offer.current();
        return published.isLoaded() ? held.next(published) : Optional.empty();
    }

    private void finish() {
        Status status;
        lock.lock();
        try {
            finishing = true; // from here on nobody interrupts
            status = end == null ? Status.UNAVAILABLE.withDescription("the writer was interrupted") : end;
        } finally {
            lock.unlock();
        }
        // An interrupt that came before would break the last message off, and the agent would not learn the status.
        Thread.interrupted();
        try {
            if (status.isOk()) {
                agent.onCompleted();
            } else {
                agent.onError(status.asRuntimeException());
            }
        } catch (RuntimeException e) {
            log.debug("stream was closed already: node={} reason={}", node(), e.toString());
        }
    }

    /** The agent said something. */
    void heard() {
        lock.lock();
        try {
            lastHeard = clock.now();
            lastHeardNanos = clock.nanos();
        } finally {
            lock.unlock();
        }
    }

    /** The agent applied a push. */
    void ack(String nonce) {
        lock.lock();
        try {
            if (!held.ack(nonce)) {
                log.debug("ack of no push in flight ignored: node={} nonce={}", node(), nonce);
                return;
            }
            acks++;
            observer.onAck(answered());
        } finally {
            lock.unlock();
        }
    }

    /** The agent refused some of a push. */
    void nack(Nack nack) {
        lock.lock();
        try {
            if (!held.nack(nack)) {
                log.debug("nack of no push in flight ignored: node={} nonce={}", node(), nack.getNonce());
                return;
            }
            nacks++;
            observer.onNack(answered());
        } finally {
            lock.unlock();
        }
        for (RefusedPort refused : nack.getRefusedPortsList()) {
            log.warn(
                    "push refused, the agent serves on: node={} port={} refused={} serving={} kind={} reason={}",
                    node(),
                    refused.getPort(),
                    refused.getVersion(),
                    refused.getHeldVersion(),
                    refused.getKind(),
                    refused.getReason());
        }
    }

    /** Asks the agent's router. Fails at once when the session has ended. */
    Questions.Question ask(ExplainRequest request) throws UnansweredException {
        lock.lock();
        try {
            if (end != null) {
                throw gone();
            }
            Questions.Question question = questions.add(request);
            changed.signalAll();
            return question;
        } finally {
            lock.unlock();
        }
    }

    /** The agent answered a question. */
    void answer(ExplainResponse response) {
        lock.lock();
        try {
            if (!questions.answer(response)) {
                log.debug("answer that nobody waits for ignored: node={} id={}", node(), response.getId());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits for the answer any more. */
    void forget(Questions.Question question) {
        lock.lock();
        try {
            questions.forget(question);
        } finally {
            lock.unlock();
        }
    }

    private UnansweredException gone() {
        return new UnansweredException(
                UnansweredException.Reason.NO_AGENT, "the agent of " + node() + " went away before it answered");
    }

    private Duration answered() {
        Duration latency = Duration.ofNanos(clock.nanos() - pushedNanos);
        lastAckLatency = latency;
        changed.signalAll();
        return latency;
    }

    /** How long the agent has said nothing. */
    Duration silence() {
        lock.lock();
        try {
            return Duration.ofNanos(clock.nanos() - lastHeardNanos);
        } finally {
            lock.unlock();
        }
    }

    /** Gets the writer out of a send that the agent's flow control may never end. */
    void interrupt() {
        lock.lock();
        try {
            if (writer != null && !finishing) {
                writer.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the session; the first status given counts. The writer closes the stream. */
    void end(Status status) {
        lock.lock();
        try {
            if (end == null) {
                end = status;
                questions.failAll(gone());
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is known of the agent. */
    AgentView view() {
        lock.lock();
        try {
            Published published = offer.current();
            TreeSet<Integer> ports = new TreeSet<>(published.ports().keySet());
            ports.addAll(held.held().keySet());
            List<AgentView.Port> portViews =
                    ports.stream().map(port -> portView(port, published)).toList();
            return new AgentView(
                    node(),
                    terms.serviceInstance(),
                    hello.getZone(),
                    hello.getAgentVersion(),
                    connectedSince,
                    lastHeard,
                    held.hasPushInFlight(),
                    pushes,
                    acks,
                    nacks,
                    Optional.ofNullable(lastAckLatency),
                    portViews);
        } finally {
            lock.unlock();
        }
    }

    private AgentView.Port portView(int port, Published published) {
        Version heldVersion = held.held().getOrDefault(port, Version.NONE);
        var current = published.ports().get(port);
        HeldState.Refusal refusal = held.refusals().get(port);
        return new AgentView.Port(
                port,
                heldVersion.value(),
                current == null ? "" : current.version().value(),
                refusal == null ? "" : refusal.reason(),
                held.sentBytes().getOrDefault(port, 0L));
    }
}
