package io.signalbox.configservice;

import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.grpc.GrpcConfig;
import io.helidon.webserver.grpc.GrpcRouting;
import io.signalbox.configservice.identity.Authentication;
import io.signalbox.configservice.publish.AgentSessions;
import io.signalbox.configservice.publish.ConfigStreams;
import io.signalbox.configservice.tls.CertificateSource;
import io.signalbox.configservice.tls.ServingCertificate;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port that agents connect to, with TLS where it is not for development. */
final class AgentPort implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentPort.class);

    /** Largest message taken from an agent: a Hello that names all 65535 ports fits. */
    private static final int MAX_REQUEST_BYTES = 8 * 1024 * 1024;

    private final AgentSessions sessions;
    private final Authentication authentication;
    private final BooleanSupplier isCutOff;
    private final boolean provesAgents;
    private final Listener listener;
    private final Optional<CertificateSource> certificates;

    /**
     * Binds nothing yet.
     *
     * @param isCutOff whether what agents are told here may be old
     * @param certificates where its certificate comes from; empty: plain text
     */
    AgentPort(
            ServiceConfig config,
            AgentSessions sessions,
            Authentication authentication,
            BooleanSupplier isCutOff,
            Optional<CertificateSource> certificates) {
        this.sessions = sessions;
        this.isCutOff = isCutOff;
        this.provesAgents = !(config.security().agents() instanceof StreamSecurity.NoProof);
        this.authentication = authentication;
        this.listener = new Listener("--grpc-port", "--bind-address", config.bindAddress(), config.grpcPort());
        this.certificates = certificates;
    }

    /**
     * Begins to let agents in.
     *
     * @throws StartException when the port cannot be bound or there is no certificate
     */
    void start() {
        Optional<Tls> tls = certificates.map(AgentPort::load);
        listener.start(server -> content(server, tls));
        certificates.ifPresent(source -> source.watch(this::replace));
        if (tls.isEmpty()) {
            log.warn("agents' streams are plain text: --insecure-development");
        }
        if (!provesAgents) {
            log.warn("agents need not prove who they are: whoever reaches the port gets any node's configuration");
        }
    }

    private void content(WebServerConfig.Builder server, Optional<Tls> tls) {
        tls.ifPresent(server::tls);
        server.addProtocol(GrpcConfig.builder()
                        .maxReadBufferSize(MAX_REQUEST_BYTES)
                        // Every agent's copy of a push would be compressed by itself.
                        .enableCompression(false)
                        .build())
                .addRouting(GrpcRouting.builder().service(new ConfigStreams(sessions, authentication, isCutOff)));
    }

    private static Tls load(CertificateSource source) {
        try {
            return tls(source.load());
        } catch (IOException e) {
            throw new StartException("no certificate for the agents' port: " + e.getMessage(), e);
        }
    }

    private static Tls tls(ServingCertificate certificate) {
        log.info(
                "certificate of the agents' port: subject={} serial={} valid_until={}",
                certificate.leaf().getSubjectX500Principal(),
                certificate.leaf().getSerialNumber().toString(16),
                certificate.leaf().getNotAfter().toInstant());
        return Tls.builder()
                .privateKey(certificate.key())
                .privateKeyCertChain(certificate.chain())
                .build();
    }

    /** Streams go on; who connects from now on gets the new certificate. */
    private void replace(ServingCertificate certificate) {
        listener.server().reloadTls(tls(certificate));
    }

    int port() {
        return listener.port();
    }

    @Override
    public String toString() {
        return (certificates.isEmpty() ? "plain text on " : "TLS on ") + listener;
    }

    @Override
    public void close() {
        certificates.ifPresent(CertificateSource::close);
        listener.close();
    }
}
