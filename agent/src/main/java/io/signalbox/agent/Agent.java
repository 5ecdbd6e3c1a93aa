package io.signalbox.agent;

import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.config.AgentIdentity;
import io.signalbox.agent.config.ConfigClient;
import io.signalbox.agent.config.ConfigStats;
import io.signalbox.agent.config.LastKnownGood;
import io.signalbox.agent.proxy.RequestTracing;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
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

    private final AgentConfig config;
    private final ConfigStats configStats;
    private final Dataplane dataplane;
    private final LastKnownGood lastKnownGood;
    private final ConfigClient configClient;
    private final CountDownLatch shutdownRequested = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable DataDirectory dataDirectory;

    private Agent(AgentConfig config) {
        this.config = config;
        this.configStats = new ConfigStats();
        this.dataplane = new Dataplane(config.dataplane(), RequestTracing.OFF);
        this.lastKnownGood = new LastKnownGood(config.dataDir(), configStats, System::nanoTime);
        this.configClient = new ConfigClient(
                config.configService(),
                new AgentIdentity(config.node(), config.zone(), AgentMain.version()),
                dataplane,
                lastKnownGood,
                configStats,
                RandomGenerator.getDefault(),
                System::nanoTime,
                InstantSource.system());
    }

    /** Wires the parts; binds and opens nothing. */
    static Agent build(AgentConfig config, Map<String, String> environment) throws StartException {
        return new Agent(config);
    }

    /** Opens the directory, starts the event loops, and begins to connect. */
    void start() throws StartException {
        dataDirectory = DataDirectory.open(config.dataDir());
        dataplane.start();
        configClient.start();
    }

    /** Waits for SIGTERM or {@code POST /drain}. */
    void awaitShutdown() throws InterruptedException {
        boolean isReadyLogged = false;
        while (!shutdownRequested.await(20, TimeUnit.MILLISECONDS)) {
            if (!isReadyLogged && configStats.source() != ConfigStats.Source.NONE) {
                isReadyLogged = true;
                log.info(
                        "agent ready: node={} admin=127.0.0.1:{} ports={} source={} start_millis={}",
                        config.node(),
                        config.adminPort(),
                        configClient.snapshot().ports().size(),
                        configStats.source().text(),
                        ManagementFactory.getRuntimeMXBean().getUptime());
            }
        }
    }

    /** Asks the main thread to drain and close; whether it is this call that did. */
    boolean requestShutdown() {
        boolean isFirst = shutdownRequested.getCount() > 0;
        shutdownRequested.countDown();
        return isFirst;
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

    @Override
    public void close() {
        log.info("draining: deadline={}", config.drainTimeout());
        dataplane.drain(config.drainTimeout());
        configClient.close();
        lastKnownGood.close();
        dataplane.close();
        if (dataDirectory != null) {
            dataDirectory.close();
        }
        log.info("agent stopped");
        closed.countDown();
    }
}
