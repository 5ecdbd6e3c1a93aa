package io.signalbox.agent;

import io.signalbox.agent.admin.AdminServer;
import io.signalbox.agent.admin.AgentView;
import io.signalbox.agent.admin.MetricsServer;
import io.signalbox.agent.apply.CaptureMode;
import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.balance.Place;
import io.signalbox.agent.capture.pods.PodCapture;
import io.signalbox.agent.capture.pods.PodReport;
import io.signalbox.agent.capture.rules.CaptureRules;
import io.signalbox.agent.capture.rules.NodeCapture;
import io.signalbox.agent.config.AgentIdentity;
import io.signalbox.agent.config.ConfigClient;
import io.signalbox.agent.config.ConfigStats;
import io.signalbox.agent.config.LastKnownGood;
import io.signalbox.agent.config.StreamSecurity;
import io.signalbox.agent.explain.ExplainJson;
import io.signalbox.agent.explain.Explainer;
import io.signalbox.agent.handover.HandoverServer;
import io.signalbox.agent.handover.Succession;
import io.signalbox.agent.memory.OldGeneration;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.proxy.RequestTracing;
import io.signalbox.agent.rehearsal.Rehearsal;
import io.signalbox.agent.telemetry.Metrics;
import io.signalbox.agent.telemetry.Tracing;
import io.signalbox.agent.upstream.BackendReport;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of one agent, and the order in which they start and stop. Wires and starts; decides nothing. */
final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);
    private static final Duration READY_CHECK_INTERVAL = Duration.ofMillis(20);

    private static final long MEMORY_CHECK_SECONDS = 1;

    /** What the agent before may take to give up its ports and files. */
    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(15);

    /** While the config service is asked for the first time; more would delay the first start on a node. */
    private static final Duration REHEARSAL = Duration.ofMillis(250);

    private final AgentConfig config;
    private final @Nullable Tracing tracing;
    private final ConfigStats configStats = new ConfigStats();
    private final Dataplane dataplane;
    private final ExplainJson explainJson;
    private final LastKnownGood lastKnownGood;
    private final ConfigClient configClient;
    private final Metrics metrics;
    private final AdminServer adminServer;
    private final MetricsServer metricsServer;
    private final CountDownLatch shutdownRequested = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable DataDirectory dataDirectory;
    private @Nullable NodeCapture capture;
    private @Nullable Succession succession;
    private boolean isReleased;
    private volatile @Nullable HandoverServer handoverServer;
    private @Nullable Thread draining;
    private boolean isStarted;
    private volatile boolean isRehearsed;

    private Agent(AgentConfig config, @Nullable Tracing tracing) {
        InstantSource clock = InstantSource.system();
        this.config = config;
        this.tracing = tracing;
        this.dataplane = new Dataplane(config.dataplane(), tracing == null ? RequestTracing.OFF : tracing);
        Explainer explainer = new Explainer(
                dataplane::routingTable,
                new Place(config.node(), config.zone().isEmpty() ? "" : "/" + config.zone()),
                configStats::revision);
        this.explainJson =
                new ExplainJson(explainer, () -> dataplane.routingTable().workloads());
        this.lastKnownGood = new LastKnownGood(config.dataDir(), configStats, System::nanoTime);
        this.configClient = new ConfigClient(
                config.configService(),
                new AgentIdentity(config.node(), config.zone(), AgentMain.version()),
                config.dataplane().socketMark(),
                dataplane,
                explainer,
                lastKnownGood,
                configStats,
                RandomGenerator.getDefault(),
                System::nanoTime,
                clock);
        this.metrics = new Metrics(
                dataplane::stats,
                dataplane::backendsWithPolicies,
                dataplane.resolveStats(),
                dataplane::bindProblems,
                dataplane.pods(),
                configClient::snapshot,
                configStats,
                clock,
                AgentMain.version());
        View view = new View();
        this.adminServer = new AdminServer(view);
        this.metricsServer = new MetricsServer(view);
    }

    /** Wires the parts; binds and opens nothing. */
    static Agent build(AgentConfig config, Map<String, String> environment) throws StartException {
        return new Agent(config, Tracing.isWanted(environment) ? tracing(config) : null);
    }

    private static Tracing tracing(AgentConfig config) throws StartException {
        try {
            return Tracing.fromEnvironment(config.node(), AgentMain.version());
        } catch (RuntimeException e) {
            throw new StartException("tracing cannot be set up from the OTEL_* variables: " + e.getMessage(), e);
        }
    }

    /**
     * Opens the directory, binds, starts the event loops, and begins to connect. Where an agent runs that hands over,
     * only its listening sockets are taken, and the rest follows when this one can serve.
     */
    void start() throws StartException {
        Succession begun = beginSuccession();
        succession = begun;
        if (begun == null) {
            openDirectoryAndPorts();
        } else {
            lastKnownGood.hold();
            dataplane.inherit(begun.sockets());
        }
        try {
            dataplane.start();
        } catch (IOException | RuntimeException e) {
            throw new StartException("the dataplane cannot start: " + e.getMessage(), e);
        }
        prepareCapture();
        if (begun == null) {
            startCapture();
        }
        log.info(
                "agent started: node={} version={} config_service={} admin=127.0.0.1:{} capture={} event_loops={}"
                        + " traces={}",
                config.node(),
                AgentMain.version(),
                config.configService().addresses(),
                adminServer.port(),
                config.dataplane().captureMode(),
                config.dataplane().eventLoops(),
                tracing == null ? "off" : "on");
        if (config.configService().security() instanceof StreamSecurity.PlainText) {
            log.warn("the stream to the config service is plain text: --insecure-development");
        }
        configClient.start();
        isStarted = true;
        log.debug("rehearsed: requests={}", Rehearsal.run(REHEARSAL));
        isRehearsed = true;
    }

    private @Nullable Succession beginSuccession() throws StartException {
        Path path = config.handoverSocket();
        if (path == null) {
            return null;
        }
        try {
            return Succession.begin(dataplane.upkeepLoop(), path);
        } catch (IOException e) {
            throw new StartException("the running agent serves on: " + e.getMessage(), e);
        }
    }

    private void openDirectoryAndPorts() throws StartException {
        if (dataDirectory == null) {
            dataDirectory = DataDirectory.open(config.dataDir());
        }
        try {
            adminServer.start(config.adminPort());
        } catch (IOException e) {
            throw new StartException(
                    "admin port 127.0.0.1:" + config.adminPort() + " cannot be bound: " + e.getMessage()
                            + " (choose another with --admin-port; 0 picks a free one)",
                    e);
        }
        InetSocketAddress address = config.metricsAddress();
        if (address != null) {
            try {
                metricsServer.start(address);
            } catch (IOException e) {
                throw new StartException(
                        "--metrics-address: " + address.getHostString() + " port " + address.getPort()
                                + " cannot be bound: " + e.getMessage(),
                        e);
            }
        }
    }

    private void prepareCapture() {
        CaptureMode mode = config.dataplane().captureMode();
        if (!mode.needsNodeRules()) {
            return;
        }
        CaptureRules rules = CaptureOptions.rules(
                config.capture(),
                mode,
                dataplane.capturePort(),
                config.dataplane().socketMark());
        capture = new NodeCapture(rules, config.capture().installs());
    }

    private void startCapture() throws StartException {
        NodeCapture prepared = capture;
        if (prepared == null) {
            return;
        }
        try {
            if (succession == null) {
                prepared.start();
            } else {
                prepared.succeed(dataplane.upkeepLoop());
            }
        } catch (IOException e) {
            throw new StartException(
                    "capture rules cannot be installed: " + e.getMessage()
                            + " (--capture-install false leaves that to 'agent capture install')",
                    e);
        }
    }

    /** Serves in place of the agent that ran before. Until it has been told, that one serves too. */
    private void succeed(Succession begun) throws StartException {
        dataplane.accept();
        startCapture();
        try {
            begun.accepting(RELEASE_TIMEOUT);
        } catch (IOException e) {
            log.warn("the agent before did not say that it has released all: reason={}", e.getMessage());
        }
        begun.close();
        openAfterPredecessor();
        lastKnownGood.resume();
        log.info("took over from the agent before: node={}", config.node());
    }

    private void openAfterPredecessor() throws StartException {
        long deadline = System.nanoTime() + RELEASE_TIMEOUT.toNanos();
        while (true) {
            try {
                openDirectoryAndPorts();
                return;
            } catch (StartException e) {
                if (System.nanoTime() > deadline || shutdownRequested.getCount() == 0) {
                    throw e;
                }
                LockSupport.parkNanos(READY_CHECK_INTERVAL.toNanos());
            }
        }
    }

    private void offerHandover() {
        Path path = config.handoverSocket();
        if (path != null) {
            try {
                handoverServer =
                        HandoverServer.start(dataplane.upkeepLoop(), path, dataplane::listeningSockets, this::release);
            } catch (IOException e) {
                log.error("a later agent cannot take over: reason={}", e.getMessage());
            }
        }
    }

    /** A successor accepts connections: gives up what it needs, and drains. */
    private synchronized void release() {
        isReleased = true;
        log.info("a new process has taken over, draining: node={} deadline={}", config.node(), config.drainTimeout());
        dataplane.stopAccepting();
        if (capture != null) {
            capture.release();
        }
        configClient.close();
        lastKnownGood.close();
        closeDirectoryAndPorts();
        if (handoverServer != null) {
            handoverServer.close();
        }
        // To the end of the process, which whoever runs it decides: a supervisor would start it again.
        draining = Thread.ofPlatform()
                .name("signalbox-drain")
                .daemon()
                .start(() -> dataplane.drain(config.drainTimeout()));
    }

    /** Rules that fail open capture from now on. */
    private void giveSignsOfLife() {
        NodeCapture started = capture;
        if (started != null) {
            try {
                started.ready(dataplane.upkeepLoop());
            } catch (IOException e) {
                log.error("no signs of life, rules that fail open capture nothing: reason={}", e.getMessage());
            }
        }
    }

    /** Waits for SIGTERM, SIGINT or {@code POST /drain}; says once when the agent is ready. */
    void awaitShutdown() throws InterruptedException, StartException {
        while (!notReadyReasons().isEmpty()) {
            if (shutdownRequested.await(READY_CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        Succession begun = succession;
        if (begun == null) {
            giveSignsOfLife();
        } else {
            succeed(begun);
        }
        offerHandover();
        log.info(
                "agent ready: node={} admin=127.0.0.1:{} ports={} source={} start_millis={}",
                config.node(),
                adminServer.port(),
                configClient.snapshot().ports().size(),
                configStats.source().text(),
                ManagementFactory.getRuntimeMXBean().getUptime());
        OldGeneration oldGeneration = OldGeneration.find();
        while (!shutdownRequested.await(MEMORY_CHECK_SECONDS, TimeUnit.SECONDS)) {
            oldGeneration.collectIfGrown();
        }
    }

    /** Asks the main thread to drain and close. */
    void requestShutdown() {
        shutdownRequested.countDown();
    }

    /** Waits for {@link #close}; whether it came within the time. */
    boolean awaitClosed(Duration timeout) {
        try {
            return closed.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private List<String> notReadyReasons() {
        List<String> reasons = new ArrayList<>();
        if (shutdownRequested.getCount() == 0) {
            reasons.add("the agent is draining");
        }
        if (!isRehearsed) {
            reasons.add("the agent is still rehearsing its first requests");
        }
        if (configStats.source() == ConfigStats.Source.NONE) {
            reasons.add("no snapshot: the config service has not answered, and there is no copy on disk");
        }
        if (handoverServer != null && handoverServer.hasSuccessor()) {
            reasons.add("a new process is taking over");
        }
        PodCapture pods = dataplane.pods();
        if (pods != null && !pods.isReady()) {
            reasons.add("the pods of the node have not been looked for yet");
        }
        reasons.addAll(dataplane.bindProblems());
        return reasons;
    }

    /** Drains what was started, then closes everything; the admin endpoint answers to the end. */
    @Override
    public synchronized void close() {
        if (succession != null) {
            succession.close();
        }
        HandoverServer handover = handoverServer;
        if (handover != null) {
            if (capture != null && handover.hasSuccessor()) {
                // It goes on by itself, and has installed its own rules or will.
                capture.release();
            }
            handover.close();
        }
        if (isStarted) {
            log.info("draining: node={} deadline={}", config.node(), config.drainTimeout());
            if (capture != null) {
                capture.drain();
            }
            drain();
        }
        if (!isReleased) {
            configClient.close();
            lastKnownGood.close();
        }
        if (capture != null) {
            capture.close();
        }
        dataplane.close();
        if (tracing != null) {
            tracing.close();
        }
        if (!isReleased) {
            closeDirectoryAndPorts();
        }
        if (isStarted) {
            log.info("agent stopped: node={}", config.node());
        }
        closed.countDown();
    }

    /** What a successor has begun goes on to its deadline, and gets no second one. */
    private void drain() {
        Thread begun = draining;
        if (begun == null) {
            dataplane.drain(config.drainTimeout());
            return;
        }
        try {
            begun.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeDirectoryAndPorts() {
        adminServer.close();
        metricsServer.close();
        if (dataDirectory != null) {
            dataDirectory.close();
        }
    }

    private final class View implements AgentView {
        @Override
        public List<String> notReadyReasons() {
            return Agent.this.notReadyReasons();
        }

        @Override
        public ServedState served() {
            return new ServedState(
                    config.node(),
                    config.zone(),
                    configStats.source().text(),
                    configStats.followed(),
                    configStats.lastAppliedEpochMillis(),
                    configClient.snapshot());
        }

        @Override
        public List<ConnectionReport> connections() {
            return dataplane.connections();
        }

        @Override
        public List<PodReport> pods() {
            PodCapture pods = dataplane.pods();
            return pods == null ? List.of() : pods.reports();
        }

        @Override
        public List<BackendReport> backends() {
            return dataplane.backends();
        }

        @Override
        public String metricsContentType(@Nullable String accept) {
            return metrics.contentType(accept);
        }

        @Override
        public void writeMetrics(OutputStream out, @Nullable String accept) throws IOException {
            metrics.write(out, accept);
        }

        @Override
        public String explain(String question) {
            return explainJson.answer(question);
        }

        @Override
        public void drain() {
            requestShutdown();
        }
    }
}
