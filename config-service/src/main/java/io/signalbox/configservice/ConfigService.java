package io.signalbox.configservice;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.grpc.GrpcConfig;
import io.helidon.webserver.grpc.GrpcRouting;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.explain.Explainer;
import io.signalbox.configservice.explain.WhatIfCompiler;
import io.signalbox.configservice.explain.WhatIfs;
import io.signalbox.configservice.pipeline.Pipeline;
import io.signalbox.configservice.pipeline.PipelineObserver;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.pipeline.Stage;
import io.signalbox.configservice.publish.AgentQuestions;
import io.signalbox.configservice.publish.AgentSessions;
import io.signalbox.configservice.publish.ConfigStreams;
import io.signalbox.configservice.publish.SessionClock;
import io.signalbox.configservice.publish.SessionTerms;
import io.signalbox.configservice.rest.RestApi;
import io.signalbox.configservice.source.RegistrySource;
import io.signalbox.configservice.source.file.FileSource;
import io.signalbox.configservice.telemetry.Telemetry;
import io.signalbox.configservice.wire.SnapshotStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program's parts, put together: build, start, await the end, close. Lets nobody in before the first load is done,
 * so that no agent is told that its ports are gone.
 */
public final class ConfigService implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConfigService.class);

    /** How long a file change may go unnoticed when the file system sends no event. */
    static final Duration RESCAN_INTERVAL = Duration.ofSeconds(2);

    /** Largest message taken from an agent: a Hello that names all 65535 ports fits. */
    static final int MAX_REQUEST_BYTES = 8 * 1024 * 1024;

    private static final Duration SHUTDOWN_GRACE = Duration.ofMillis(200);

    private final ServiceConfig config;
    private final RegistrySource source;
    private final Telemetry telemetry;
    private final Pipeline pipeline;
    private final AgentSessions sessions;
    private final WhatIfs whatIfs;
    private final WebServer httpServer;
    private final WebServer grpcServer;
    private final CountDownLatch shutdown = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread shutdownHook;

    private ConfigService(
            ServiceConfig config,
            RegistrySource source,
            Telemetry telemetry,
            Pipeline pipeline,
            AgentSessions sessions,
            WhatIfs whatIfs,
            WebServer httpServer,
            WebServer grpcServer) {
        this.config = config;
        this.source = source;
        this.telemetry = telemetry;
        this.pipeline = pipeline;
        this.sessions = sessions;
        this.whatIfs = whatIfs;
        this.httpServer = httpServer;
        this.grpcServer = grpcServer;
    }

    /** Wires all parts; reads and binds nothing. */
    public static ConfigService build(ServiceConfig config) {
        Telemetry telemetry = new Telemetry();
        SnapshotStore store = new SnapshotStore();
        RegistrySource source = new FileSource(config.registry(), RESCAN_INTERVAL, System::nanoTime);
        AgentSessions sessions = new AgentSessions(store, terms(config), telemetry, SessionClock.SYSTEM);
        telemetry.watchAgents(sessions::count);
        Compiler compiler = new Compiler(config.clusterDomain());
        Pipeline pipeline =
                new Pipeline(source, compiler, store, new PublishingObserver(telemetry, sessions), System::nanoTime);
        WhatIfs whatIfs =
                new WhatIfs(new WhatIfCompiler(compiler, RestApi.MAX_BODY_BYTES), pipeline::state, store::current);
        RestApi rest = new RestApi(
                config.clusterDomain(),
                pipeline::state,
                store::current,
                sessions::views,
                new Explainer(new AgentQuestions(sessions), whatIfs, pipeline::state, store::current),
                whatIfs,
                telemetry::scrape);
        WebServer httpServer = WebServer.builder()
                .shutdownHook(false)
                .shutdownGracePeriod(SHUTDOWN_GRACE)
                .bindAddress(new InetSocketAddress(config.bindAddress(), config.httpPort()))
                .maxPayloadSize(RestApi.MAX_BODY_BYTES)
                .directHandlers(RestApi.directHandlers())
                .routing(rest::routing)
                .build();
        WebServer grpcServer = WebServer.builder()
                .shutdownHook(false)
                .shutdownGracePeriod(SHUTDOWN_GRACE)
                .bindAddress(new InetSocketAddress(config.bindAddress(), config.grpcPort()))
                .addProtocol(GrpcConfig.builder()
                        .maxReadBufferSize(MAX_REQUEST_BYTES)
                        // Every agent's copy of a push would be compressed by itself.
                        .enableCompression(false)
                        .build())
                .addRouting(GrpcRouting.builder().service(new ConfigStreams(sessions)))
                .build();
        return new ConfigService(config, source, telemetry, pipeline, sessions, whatIfs, httpServer, grpcServer);
    }

    private static SessionTerms terms(ServiceConfig config) {
        return new SessionTerms(
                "config-service-" + ProcessHandle.current().pid(),
                ConfigServiceMain.programVersion(),
                config.heartbeatInterval(),
                config.heartbeatDeadline());
    }

    /**
     * Loads the registry, binds both ports and follows changes.
     *
     * @throws StartException when the registry cannot be watched or a port cannot be bound; nothing runs on then
     */
    public void start() {
        bind(httpServer, "--http-port", config.httpPort());
        watch();
        pipeline.load();
        pipeline.start();
        sessions.start();
        bind(grpcServer, "--grpc-port", config.grpcPort());
        shutdownHook = new Thread(this::shutDownAndWait, "shutdown");
        Runtime.getRuntime().addShutdownHook(shutdownHook);
        log.info(
                "config service ready: http={}:{} grpc={}:{} revision={} ports={} version={}",
                hostText(),
                httpPort(),
                hostText(),
                grpcPort(),
                pipeline.state().registry().revision(),
                pipeline.state().compilation().snapshot().ports().size(),
                ConfigServiceMain.programVersion());
    }

    /**
     * Binds the port itself first: the server logs a failure to bind with a stack trace and returns as if it had
     * started.
     */
    private void bind(WebServer server, String option, int port) {
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(new InetSocketAddress(config.bindAddress(), port));
        } catch (IOException e) {
            throw cannotListen(option, port, String.valueOf(e.getMessage()), e);
        }
        server.start();
        if (!server.isRunning()) {
            throw cannotListen(option, port, "the log says why", new IllegalStateException("server not running"));
        }
    }

    private StartException cannotListen(String option, int port, String reason, Exception cause) {
        return new StartException(
                "cannot listen on " + hostText() + ":" + port + ": " + reason + "; choose another " + option
                        + " or --bind-address, or 0 for a free port",
                cause);
    }

    private void watch() {
        try {
            source.start(pipeline::signal);
        } catch (IOException e) {
            throw new StartException(
                    "cannot watch --registry " + config.registry() + ": " + e.getMessage()
                            + "; check its permissions and the limit fs.inotify.max_user_watches",
                    e);
        }
    }

    private String hostText() {
        String address = config.bindAddress().getHostAddress();
        return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    }

    /** The port that the REST API listens on; to be called after {@link #start}. */
    public int httpPort() {
        return httpServer.port();
    }

    /** The port that agents connect to; to be called after {@link #start}. */
    public int grpcPort() {
        return grpcServer.port();
    }

    /** Returns when the process is told to end. */
    public void awaitShutdown() {
        try {
            shutdown.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs on the signal's thread: the process ends when this returns, so it waits until all is closed. */
    private void shutDownAndWait() {
        shutdown.countDown();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the agents' streams and stops everything; the agents serve on with what they have. */
    @Override
    public void close() {
        log.info("config service stopping: agents={}", sessions.count());
        pipeline.close();
        sessions.close();
        grpcServer.stop();
        httpServer.stop();
        whatIfs.close();
        telemetry.close();
        log.info("config service stopped");
        closed.countDown();
    }

    /** Tells telemetry of the pipeline, and the sessions that there is something new. */
    private record PublishingObserver(Telemetry telemetry, AgentSessions sessions) implements PipelineObserver {
        @Override
        public void onStage(Stage stage, Duration duration) {
            telemetry.onStage(stage, duration);
        }

        @Override
        public void onState(PipelineState state) {
            telemetry.onState(state);
            sessions.changed();
        }
    }
}
