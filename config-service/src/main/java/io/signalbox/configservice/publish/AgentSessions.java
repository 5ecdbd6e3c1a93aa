package io.signalbox.configservice.publish;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.signalbox.config.v1.Hello;
import io.signalbox.configservice.identity.AgentIdentity;
import io.signalbox.configservice.identity.Authentication;
import io.signalbox.configservice.wire.SnapshotStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of all agents, one per node. All methods may be called by any thread. */
public final class AgentSessions implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentSessions.class);

    /** Large pushes on their way at a time; the others wait. */
    private static final int MAX_LARGE_PUSHES = 32;

    private final Offer offer;
    private final Semaphore largePushes = new Semaphore(MAX_LARGE_PUSHES);
    private final SessionTerms terms;
    private final PublishObserver observer;
    private final SessionClock clock;
    private final RandomGenerator random = new Random();
    private final ConcurrentMap<String, AgentSession> byNode = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable Thread offers;

    /**
     * No sessions yet.
     *
     * @param clock time, for what is shown and for the heartbeat deadline
     */
    public AgentSessions(SnapshotStore store, SessionTerms terms, PublishObserver observer, SessionClock clock) {
        this.offer = new Offer(store, byNode::size, this::wakeAll);
        this.terms = terms;
        this.observer = observer;
        this.clock = clock;
    }

    /** Begins to tell agents what is new, and to end sessions that are not heard of. */
    public void start() {
        offers = Thread.ofPlatform().daemon().name("offers").start(this::offer);
        offer.changed();
        Thread.ofPlatform().daemon().name("session-watch").start(this::watch);
    }

    private void offer() {
        try {
            offer.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        long periodMillis = Math.max(1, terms.heartbeatInterval().toMillis() / 2);
        try {
            while (!closing.await(periodMillis, TimeUnit.MILLISECONDS)) {
                endSilent();
                checkStandings();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Something new is in the store. */
    public void changed() {
        offer.changed();
    }

    private void wakeAll() {
        byNode.values().forEach(AgentSession::wake);
    }

    /** The right of a stream that begins now. */
    Standing standing(Authentication authentication, @Nullable String authorization, AgentIdentity identity) {
        return new Standing(authentication, authorization, identity, clock.now(), random);
    }

    AgentSession open(Hello hello, Standing standing, StreamObserver<Response> agent) {
        AgentSession session = new AgentSession(hello, standing, agent, offer, largePushes, terms, observer, clock);
        AgentSession replaced = byNode.put(hello.getNode(), session);
        if (replaced != null) {
            log.info("agent replaced its stream: node={}", hello.getNode());
            replaced.end(Status.ABORTED.withDescription("replaced by a newer stream of node " + hello.getNode()));
            observer.onSessionEnd("replaced");
        }
        log.info(
                "agent connected: node={} zone={} version={} held_ports={}",
                hello.getNode(),
                hello.getZone(),
                hello.getAgentVersion(),
                hello.getHeldPortsCount());
        session.start();
        return session;
    }

    /** Ends the session and forgets it. */
    void close(AgentSession session, Status status, String reason) {
        session.end(status);
        if (byNode.remove(session.node(), session)) {
            log.info("agent disconnected: node={} reason={} {}", session.node(), reason, status.getDescription());
            observer.onSessionEnd(reason);
        }
    }

    void endSilent() {
        for (AgentSession session : byNode.values()) {
            Duration silence = session.silence();
            if (silence.compareTo(terms.heartbeatDeadline()) > 0) {
                close(
                        session,
                        Status.DEADLINE_EXCEEDED.withDescription("nothing heard for " + silence.toMillis() + " ms"),
                        "silent");
                session.interrupt();
            }
        }
    }

    /** Asks agents to come again whose tokens are about to end, and has tokens checked when it is time. */
    void checkStandings() {
        Instant now = clock.now();
        for (AgentSession session : byNode.values()) {
            Standing standing = session.standing();
            if (standing.isOver(now)) {
                close(
                        session,
                        Status.OK.withDescription("its token ends soon; come again with a fresh one"),
                        "renewal");
            } else if (standing.isCheckDue(now)) {
                Thread.ofVirtual()
                        .name("token-check-" + session.node())
                        .start(() -> standing.check(now).ifPresent(status -> close(session, status, "refused")));
            }
        }
    }

    /** The connected agents, ordered by node. */
    public List<AgentView> views() {
        return ordered().stream().map(AgentSession::view).toList();
    }

    /** The sessions, ordered by node. */
    List<AgentSession> ordered() {
        return byNode.values().stream()
                .sorted(Comparator.comparing(AgentSession::node))
                .toList();
    }

    /** Number of connected agents. */
    public int count() {
        return byNode.size();
    }

    /** Ends all sessions; agents reconnect to another replica or serve on with what they have. */
    @Override
    public void close() {
        closing.countDown();
        Thread running = offers;
        if (running != null) {
            running.interrupt();
        }
        for (AgentSession session : byNode.values()) {
            close(session, Status.UNAVAILABLE.withDescription("the config service is shutting down"), "shutdown");
        }
    }
}
