package io.signalbox.configservice;

import io.signalbox.configservice.StreamSecurity.NoProof;
import io.signalbox.configservice.StreamSecurity.PlainText;
import io.signalbox.configservice.StreamSecurity.SelfSigned;
import io.signalbox.configservice.StreamSecurity.TlsFiles;
import io.signalbox.configservice.StreamSecurity.TokenProof;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.explain.Explainer;
import io.signalbox.configservice.explain.WhatIfCompiler;
import io.signalbox.configservice.explain.WhatIfs;
import io.signalbox.configservice.identity.Authentication;
import io.signalbox.configservice.pipeline.Pipeline;
import io.signalbox.configservice.pipeline.PipelineObserver;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.pipeline.Stage;
import io.signalbox.configservice.publish.AgentQuestions;
import io.signalbox.configservice.publish.AgentSessions;
import io.signalbox.configservice.publish.SessionClock;
import io.signalbox.configservice.publish.SessionTerms;
import io.signalbox.configservice.rest.RestApi;
import io.signalbox.configservice.source.RegistrySource;
import io.signalbox.configservice.source.file.FileSource;
import io.signalbox.configservice.telemetry.Telemetry;
import io.signalbox.configservice.tls.CertificateFiles;
import io.signalbox.configservice.tls.CertificateSource;
import io.signalbox.configservice.wire.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
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

    private final ServiceConfig config;
    private final @Nullable Cluster cluster;
    private final RegistrySource source;
    private final Telemetry telemetry;
    private final Pipeline pipeline;
    private final AgentSessions sessions;
    private final SnapshotStore store;
    private final WhatIfs whatIfs;
    private final RestApi rest;
    private final Listener http;
    private final Optional<Listener> health;
    private final AgentPort agents;
    private final CountDownLatch shutdown = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread shutdownHook;

    private ConfigService(
            ServiceConfig config,
            @Nullable Cluster cluster,
            RegistrySource source,
            Telemetry telemetry,
            Pipeline pipeline,
            AgentSessions sessions,
            SnapshotStore store,
            WhatIfs whatIfs,
            RestApi rest,
            Authentication authentication) {
        this.config = config;
        this.cluster = cluster;
        this.source = source;
        this.telemetry = telemetry;
        this.pipeline = pipeline;
        this.sessions = sessions;
        this.store = store;
        this.whatIfs = whatIfs;
        this.rest = rest;
        this.http = new Listener("--http-port", "--http-bind-address", config.httpBindAddress(), config.httpPort());
        this.health = config.healthPort()
                .map(port -> new Listener("--health-port", "--bind-address", config.bindAddress(), port));
        this.agents = new AgentPort(
                config, sessions, authentication, () -> source.status().isCutOff(), certificates(config, cluster));
    }

    /**
     * Wires all parts; reads and binds nothing.
     *
     * @throws StartException when what leads to the API server cannot be understood
     */
    public static ConfigService build(ServiceConfig config) {
        Cluster cluster = cluster(config);
        Authentication authentication = switch (config.security().agents()) {
            case NoProof() -> Authentication.NONE;
            case TokenProof proof -> Objects.requireNonNull(cluster).authentication(proof);
        };
        return build(config, cluster, authentication);
    }

    /** With agents that prove who they are in this way, whatever the options say. */
    static ConfigService build(ServiceConfig config, Authentication authentication) {
        return build(config, cluster(config), authentication);
    }

    private static @Nullable Cluster cluster(ServiceConfig config) {
        return config.source() instanceof SourceOptions.Kubernetes options
                ? Cluster.of(options, config.replicaName())
                : null;
    }

    private static Optional<CertificateSource> certificates(ServiceConfig config, @Nullable Cluster cluster) {
        return switch (config.security().transport()) {
            case PlainText() -> Optional.empty();
            case TlsFiles(var certificate, var key) ->
                Optional.of(new CertificateFiles(certificate, key, CertificateFiles.CHECK_INTERVAL));
            case SelfSigned(var names) ->
                Optional.of(Objects.requireNonNull(cluster).certificates(names, config.clusterDomain()));
        };
    }

    private static ConfigService build(ServiceConfig config, @Nullable Cluster cluster, Authentication authentication) {
        Telemetry telemetry = new Telemetry();
        SnapshotStore store = new SnapshotStore();
        RegistrySource source = switch (config.source()) {
            case SourceOptions.Files files -> new FileSource(files.registry(), RESCAN_INTERVAL, System::nanoTime);
            case SourceOptions.Kubernetes _ -> Objects.requireNonNull(cluster).source();
        };
        AgentSessions sessions = new AgentSessions(store, terms(config), telemetry, SessionClock.SYSTEM);
        telemetry.watchAgents(sessions::count);
        telemetry.watchSource(source::status);
        Compiler compiler = new Compiler(config.clusterDomain());
        Pipeline pipeline = new Pipeline(
                source, compiler, store, new PublishingObserver(telemetry, sessions, cluster), System::nanoTime);
        WhatIfs whatIfs =
                new WhatIfs(new WhatIfCompiler(compiler, RestApi.MAX_BODY_BYTES), pipeline::state, store::current);
        RestApi rest = new RestApi(
                config.clusterDomain(),
                source::status,
                pipeline::state,
                store::current,
                sessions::views,
                new Explainer(new AgentQuestions(sessions), whatIfs, pipeline::state, store::current),
                whatIfs,
                telemetry::scrape);
        return new ConfigService(
                config, cluster, source, telemetry, pipeline, sessions, store, whatIfs, rest, authentication);
    }

    private static SessionTerms terms(ServiceConfig config) {
        return new SessionTerms(
                config.replicaName(),
                ConfigServiceMain.programVersion(),
                config.heartbeatInterval(),
                config.heartbeatDeadline());
    }

    /**
     * Loads the registry, binds all ports and follows changes.
     *
     * @throws StartException when the registry cannot be watched, a port cannot be bound or a certificate cannot be
     *     read; nothing runs on then
     */
    public void start() {
        http.start(server -> server.maxPayloadSize(RestApi.MAX_BODY_BYTES)
                .directHandlers(RestApi.directHandlers())
                .routing(rest::routing));
        health.ifPresent(listener -> listener.start(
                server -> server.directHandlers(RestApi.directHandlers()).routing(rest::healthRouting)));
        watch();
        load();
        pipeline.start();
        sessions.start();
        agents.start();
        if (cluster != null) {
            cluster.writeStatus(pipeline::state, sessions::views, store::current);
        }
        shutdownHook = new Thread(this::shutDownAndWait, "shutdown");
        Runtime.getRuntime().addShutdownHook(shutdownHook);
        log.info(
                "config service ready: http={} grpc={} health={} replica={} revision={} ports={} version={}",
                http,
                agents,
                health.map(Listener::toString).orElse("none"),
                config.replicaName(),
                pipeline.state().registry().revision(),
                pipeline.state().compilation().snapshot().ports().size(),
                ConfigServiceMain.programVersion());
    }

    private void watch() {
        try {
            source.start(pipeline::signal);
        } catch (IOException e) {
            throw new StartException("cannot watch the registry: " + e.getMessage(), e);
        }
    }

    private void load() {
        try {
            pipeline.load();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("ended before the registry was read", e);
        }
    }

    /** The port that the REST API listens on; to be called after {@link #start}. */
    public int httpPort() {
        return http.port();
    }

    /** The port that agents connect to; to be called after {@link #start}. */
    public int grpcPort() {
        return agents.port();
    }

    /** The port with health and metrics alone; to be called after {@link #start}, when there is one. */
    public int healthPort() {
        return health.orElseThrow().port();
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
        if (cluster != null) {
            // First: what is torn down now is no news for anybody.
            cluster.stopWriting();
        }
        pipeline.close();
        sessions.close();
        agents.close();
        health.ifPresent(Listener::close);
        http.close();
        whatIfs.close();
        if (cluster != null) {
            cluster.close();
        }
        telemetry.close();
        log.info("config service stopped");
        closed.countDown();
    }

    /** Tells telemetry of the pipeline, and whoever passes it on that there is something new. */
    private record PublishingObserver(
            Telemetry telemetry,
            AgentSessions sessions,
            @Nullable Cluster cluster) implements PipelineObserver {
        @Override
        public void onStage(Stage stage, Duration duration) {
            telemetry.onStage(stage, duration);
        }

        @Override
        public void onState(PipelineState state) {
            telemetry.onState(state);
            sessions.changed();
            if (cluster != null) {
                cluster.changed();
            }
        }
    }
}
