package io.signalbox.agent;

import io.signalbox.agent.admin.AdminServer;
import io.signalbox.agent.admin.AgentView;
import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.balance.Place;
import io.signalbox.agent.config.AgentIdentity;
import io.signalbox.agent.config.ConfigClient;
import io.signalbox.agent.config.ConfigStats;
import io.signalbox.agent.config.LastKnownGood;
import io.signalbox.agent.config.StreamSecurity;
import io.signalbox.agent.explain.ExplainJson;
import io.signalbox.agent.explain.Explainer;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.proxy.RequestTracing;
import io.signalbox.agent.rehearsal.Rehearsal;
import io.signalbox.agent.telemetry.Metrics;
import io.signalbox.agent.telemetry.Tracing;
import io.signalbox.agent.upstream.BackendReport;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of one agent, and the order in which they start and stop. Wires and starts; decides nothing. */
final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);
    private static final Duration READY_CHECK_INTERVAL = Duration.ofMillis(20);

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
    private final CountDownLatch shutdownRequested = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable DataDirectory dataDirectory;
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
                configClient::snapshot,
                configStats,
                clock,
                AgentMain.version());
        this.adminServer = new AdminServer(new View());
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

    /** Opens the directory, binds, starts the event loops, and begins to connect. */
    void start() throws StartException {
        dataDirectory = DataDirectory.open(config.dataDir());
        try {
            adminServer.start(config.adminPort());
        } catch (IOException e) {
            throw new StartException(
                    "admin port 127.0.0.1:" + config.adminPort() + " cannot be bound: " + e.getMessage()
                            + " (choose another with --admin-port; 0 picks a free one)",
                    e);
        }
        try {
            dataplane.start();
        } catch (IOException | RuntimeException e) {
            throw new StartException("the dataplane cannot start: " + e.getMessage(), e);
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

    /** Waits for SIGTERM, SIGINT or {@code POST /drain}; says once when the agent is ready. */
    void awaitShutdown() throws InterruptedException {
        while (!notReadyReasons().isEmpty()) {
            if (shutdownRequested.await(READY_CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        log.info(
                "agent ready: node={} admin=127.0.0.1:{} ports={} source={} start_millis={}",
                config.node(),
                adminServer.port(),
                configClient.snapshot().ports().size(),
                configStats.source().text(),
                ManagementFactory.getRuntimeMXBean().getUptime());
        shutdownRequested.await();
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
        reasons.addAll(dataplane.bindProblems());
        return reasons;
    }

    /** Drains what was started, then closes everything; the admin endpoint answers to the end. */
    @Override
    public void close() {
        if (isStarted) {
            log.info("draining: node={} deadline={}", config.node(), config.drainTimeout());
            dataplane.drain(config.drainTimeout());
        }
        configClient.close();
        lastKnownGood.close();
        dataplane.close();
        if (tracing != null) {
            tracing.close();
        }
        adminServer.close();
        if (dataDirectory != null) {
            dataDirectory.close();
        }
        if (isStarted) {
            log.info("agent stopped: node={}", config.node());
        }
        closed.countDown();
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
