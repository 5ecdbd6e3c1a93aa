package io.signalbox.agent.config;

import io.grpc.ManagedChannel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.signalbox.agent.config.ConfigStats.Source;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.config.v1.Ack;
import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainResponse;
import io.signalbox.config.v1.HeldPort;
import io.signalbox.config.v1.Hello;
import io.signalbox.config.v1.Nack;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.StreamConfigRequest;
import io.signalbox.config.v1.Welcome;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the agent configured: applies the copy on disk, then holds a stream to the config service open for as long as
 * the agent runs, and applies what comes. Without the service everything goes on as it was.
 *
 * <p>When a stream breaks, every replica that there is then is tried at once, one after the other; only when none takes
 * the agent in does {@link Backoff} decide when to try again. Versions are hashes of content, so another replica sends
 * only what differs.
 *
 * <p>All state is confined to one control thread; channels, one for every attempt, share one IO thread.
 */
public final class ConfigClient implements AutoCloseable {
    /** The largest push that is taken. */
    static final int MAX_PUSH_BYTES = LastKnownGoodFormat.MAX_BODY_BYTES;

    private static final Logger log = LoggerFactory.getLogger(ConfigClient.class);

    /** A stream that held for this long deserves an attempt at once when it ends. */
    private static final Duration STABLE = Backoff.MAX;

    /** How long a replica may take to answer Hello while there are others. */
    private static final Duration IMPATIENT_DEADLINE = Duration.ofSeconds(3);

    /** How long the last one that is left may take. */
    private static final Duration WELCOME_DEADLINE = Duration.ofSeconds(10);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final ConfigServiceTarget target;
    private final AgentIdentity identity;
    private final SnapshotSink sink;
    private final Questions questions;
    private final LastKnownGood lastKnownGood;
    private final ConfigStats stats;
    private final Backoff backoff;
    private final Replicas replicas;
    private final ConfigChannels channels;
    private final LongSupplier nanoClock;
    private final InstantSource wallClock;
    private final ScheduledThreadPoolExecutor control =
            new ScheduledThreadPoolExecutor(1, threads("signalbox-control"));
    private final EventLoopGroup ioThread =
            new MultiThreadIoEventLoopGroup(1, threads("signalbox-config-io"), EpollIoHandler.newFactory());

    private HeldContent held = HeldContent.EMPTY;
    private volatile Snapshot snapshot = Snapshot.EMPTY;
    private @Nullable ConfigStream stream;
    private boolean isOutageLogged;
    private volatile boolean isClosed;

    /**
     * Starts nothing yet.
     *
     * @param target where the config service is
     * @param identity what Hello says
     * @param socketMark SO_MARK of the stream's socket, so that capture rules leave it alone; 0: none
     * @param sink gets every snapshot, on the control thread
     * @param explainer answers questions, on a thread of their own
     * @param lastKnownGood the copy on disk; closed by whoever made it
     * @param stats counts what happens
     * @param random jitter of the backoff
     * @param nanoClock as {@link System#nanoTime}
     * @param wallClock for times that people read
     */
    public ConfigClient(
            ConfigServiceTarget target,
            AgentIdentity identity,
            int socketMark,
            SnapshotSink sink,
            RouteExplainer explainer,
            LastKnownGood lastKnownGood,
            ConfigStats stats,
            RandomGenerator random,
            LongSupplier nanoClock,
            InstantSource wallClock) {
        this.target = target;
        this.identity = identity;
        this.sink = sink;
        this.questions = new Questions(explainer);
        this.lastKnownGood = lastKnownGood;
        this.stats = stats;
        this.backoff = new Backoff(random);
        this.replicas = new Replicas(random);
        this.channels = new ConfigChannels(target.security(), ioThread, control, socketMark);
        this.nanoClock = nanoClock;
        this.wallClock = wallClock;
        control.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        control.setRemoveOnCancelPolicy(true);
    }

    private static ThreadFactory threads(String name) {
        return Thread.ofPlatform().name(name).daemon().factory();
    }

    /** Applies the copy on disk and begins to connect. Returns at once. */
    public void start() {
        control.execute(() -> {
            try {
                applyLastKnownGood();
            } finally {
                connect();
            }
        });
    }

    /** What is in force. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** Ends the stream. What is served stays in force. */
    @Override
    public void close() {
        isClosed = true;
        questions.close();
        Future<@Nullable ConfigStream> ending = control.submit(() -> {
            if (stream != null) {
                stream.close();
            }
            return stream;
        });
        try {
            // First the channel: messages that it still has for us are taken, and their buffers released, on our
            // thread.
            ConfigStream ended = ending.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (ended != null) {
                ended.awaitEnd(CLOSE_TIMEOUT);
            }
        } catch (ExecutionException | TimeoutException e) {
            log.warn("the config stream did not end in time: reason={}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        control.shutdown();
        try {
            if (!control.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("the control thread is still busy, leaving it behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // After the control thread, which may have been about to open a channel on it.
        var _ = ioThread.shutdownGracefully(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void applyLastKnownGood() {
        HeldContent content = lastKnownGood.load();
        boolean isEmpty =
                content.ports().isEmpty() && content.workloads().serialized().isEmpty();
        if (isEmpty) {
            return;
        }
        Snapshot loaded = content.toSnapshot();
        apply(new SnapshotUpdate(loaded, loaded.ports().keySet(), Set.of(), true), content);
        stats.applied(Source.LAST_KNOWN_GOOD, wallClock.millis());
        log.info("serving the last-known-good copy: ports={}", loaded.ports().size());
    }

    private void apply(SnapshotUpdate update, HeldContent content) {
        sink.apply(update);
        held = content;
        snapshot = update.snapshot();
    }

    /** Tries every replica that there is now. */
    private void connect() {
        if (isClosed) {
            return;
        }
        ReplicaNames.lookUp(target.addresses(), found -> {
            try {
                control.execute(() -> {
                    replicas.begin(found.replicas());
                    tryNext(found.problem());
                });
            } catch (RejectedExecutionException e) {
                log.debug("closed: nobody wants to connect any more");
            }
        });
    }

    /** Tries the next replica, or after all of them waits. */
    private void tryNext(String reason) {
        if (isClosed) {
            return;
        }
        ReplicaAddress replica = replicas.next();
        if (replica == null) {
            waitThenConnect(reason);
            return;
        }
        ManagedChannel channel;
        try {
            channel = channels.open(replica);
        } catch (IOException e) {
            stats.disconnects.increment();
            tryNext(String.valueOf(e.getMessage()));
            return;
        }
        Duration deadline = replicas.hasNext() ? IMPATIENT_DEADLINE : WELCOME_DEADLINE;
        ConfigStream next = new ConfigStream(channel, control, nanoClock, deadline, new StreamListener(replica));
        stream = next;
        next.start(hello());
    }

    private void waitThenConnect(String reason) {
        Duration delay = backoff.next();
        if (isOutageLogged) {
            log.debug("still no config service: addresses={} next_try={} reason={}", target.addresses(), delay, reason);
        } else {
            isOutageLogged = true;
            log.warn(
                    "no config service, serving on what is held and trying again: addresses={} ports={} reason={}",
                    target.addresses(),
                    held.ports().size(),
                    reason);
        }
        var _ = control.schedule(this::connect, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private Hello hello() {
        Hello.Builder hello = Hello.newBuilder()
                .setNode(identity.node())
                .setZone(identity.zone())
                .setAgentVersion(identity.agentVersion())
                .setHeldWorkloadsVersion(held.workloads().workloads().version().value());
        held.ports().values().stream()
                .map(HeldPortContent::snapshot)
                .sorted(Comparator.comparingInt(PortSnapshot::port))
                .forEach(port -> hello.addHeldPorts(HeldPort.newBuilder()
                        .setPort(port.port())
                        .setVersion(port.version().value())));
        return hello.build();
    }

    private StreamConfigRequest take(Push push) {
        long receivedNanos = nanoClock.getAsLong();
        stats.pushes.increment();
        stats.revision(push.getRevision());
        for (PortUpdate update : push.getPortUpdatesList()) {
            if (update.getPort() > 0 && update.getPort() <= 65_535) {
                stats.received(update.getPort(), update.getSerializedSize());
            }
        }
        HeldContent.Outcome outcome = held.accept(push);
        if (outcome.isChange()) {
            apply(outcome.update(), outcome.content());
            stats.applyNanos.add(nanoClock.getAsLong() - receivedNanos);
            stats.applies.increment();
            lastKnownGood.save(held);
        }
        stats.applied(Source.CONFIG_SERVICE, wallClock.millis());
        log.info(
                "push applied: revision={} changed={} removed={} refused={} workloads_changed={} millis={}",
                push.getRevision(),
                outcome.update().changedPorts().size(),
                outcome.update().removedPorts().size(),
                outcome.refused().size(),
                outcome.update().workloadsChanged(),
                TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - receivedNanos));
        return answer(push.getNonce(), outcome);
    }

    private StreamConfigRequest answer(String nonce, HeldContent.Outcome outcome) {
        if (outcome.workloadsProblem() != null) {
            stats.workloadsRefused.increment();
            log.error("workloads refused, callers are told by the older ones: reason={}", outcome.workloadsProblem());
        }
        StreamConfigRequest.Builder answer = StreamConfigRequest.newBuilder();
        if (outcome.refused().isEmpty()) {
            stats.acks.increment();
            return answer.setAck(Ack.newBuilder().setNonce(nonce)).build();
        }
        stats.nacks.increment();
        outcome.refused()
                .forEach(refused -> log.warn(
                        "port refused, serving on what is held: port={} refused={} serving={} kind={} reason={}",
                        refused.getPort(),
                        refused.getVersion(),
                        refused.getHeldVersion().isEmpty() ? "none" : refused.getHeldVersion(),
                        refused.getKind(),
                        refused.getReason()));
        return answer.setNack(Nack.newBuilder().setNonce(nonce).addAllRefusedPorts(outcome.refused()))
                .build();
    }

    private void answer(ConfigStream asking, ExplainResponse response) {
        try {
            control.execute(() -> asking.answer(response));
        } catch (RejectedExecutionException e) {
            log.debug("closed: nobody waits for answers any more");
        }
    }

    private final class StreamListener implements ConfigStream.Listener {
        private final ReplicaAddress replica;
        private final long startNanos = nanoClock.getAsLong();
        private boolean isWelcomed;

        StreamListener(ReplicaAddress replica) {
            this.replica = replica;
        }

        @Override
        public void welcomed(Welcome welcome) {
            isWelcomed = true;
            replicas.found();
            stats.streams.increment();
            stats.following(new ConfigStats.Followed(replica.toString(), welcome.getServiceInstance()));
            isOutageLogged = false;
            log.info(
                    "connected to the config service: address={} instance={} version={}",
                    replica,
                    welcome.getServiceInstance(),
                    welcome.getServiceVersion());
        }

        @Override
        public void heard() {
            stats.heard(wallClock.millis());
        }

        @Override
        public StreamConfigRequest pushed(Push push) {
            return take(push);
        }

        @Override
        public void asked(ExplainRequest request) {
            ConfigStream asking = stream;
            questions.ask(request, response -> {
                if (asking != null) {
                    answer(asking, response);
                }
            });
        }

        @Override
        public void ended(String reason, boolean asAgreed) {
            stats.following(null);
            stats.disconnects.increment();
            // A stream that ends soon after its welcome is no reason to come back at full speed.
            boolean isStable = isWelcomed && nanoClock.getAsLong() - startNanos >= STABLE.toNanos();
            if (!asAgreed) {
                replicas.lost(replica);
            }
            if (isWelcomed) {
                log.info("stream ended, trying the next replica: address={} reason={}", replica, reason);
            }
            if (isStable) {
                backoff.reset();
                connect();
            } else {
                tryNext(replica + ": " + reason);
            }
        }
    }
}
