package io.signalbox.agent.upstream;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.signalbox.agent.model.TlsOrigination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS that the agent begins towards the endpoints of one backend. Files are read off the event loops, when the snapshot
 * comes and when they change; where they cannot be used, connections fail with the reason. Sessions are resumed. The
 * loops see the newest state; connections that are open stay as they are.
 */
final class TlsClient {
    private static final Logger LOG = LoggerFactory.getLogger(TlsClient.class);
    private static final char[] NO_PASSWORD = {};

    private final String backend;
    private final TlsOrigination settings;
    private List<FileTime> fileTimes = List.of();
    private volatile State state;

    /**
     * @param context null when connections are to fail
     * @param problem why they fail; empty when they do not
     */
    private record State(@Nullable SSLContext context, String problem) {}

    /** @param backend named in logs */
    TlsClient(String backend, TlsOrigination settings) {
        this.backend = backend;
        this.settings = settings;
        this.fileTimes = fileTimes();
        this.state = load();
    }

    TlsOrigination settings() {
        return settings;
    }

    /** Why connections fail; empty when they do not. */
    String problem() {
        return state.problem();
    }

    /** Whether SNI is the name that the request was for. */
    boolean wantsServerName() {
        return settings.sni().isEmpty();
    }

    /** Reads the files again if one of them has changed. Not to be called on an event loop. */
    synchronized void refresh() {
        List<FileTime> now = fileTimes();
        if (!now.equals(fileTimes)) {
            fileTimes = now;
            state = load();
            LOG.info("files of TLS read again: backend={} problem={}", backend, state.problem());
        }
    }

    private List<FileTime> fileTimes() {
        return Stream.of(settings.caFile(), settings.certificateFile(), settings.keyFile(), settings.crlFile())
                .filter(name -> !name.isEmpty())
                .map(name -> {
                    try {
                        return Files.getLastModifiedTime(Path.of(name));
                    } catch (IOException e) {
                        return FileTime.fromMillis(0);
                    }
                })
                .toList();
    }

    private State load() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(), new TrustManager[] {trust()}, null);
            return new State(context, "");
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            String problem = String.valueOf(e.getMessage());
            LOG.error(
                    "connections to a backend will fail: its TLS cannot be set up: backend={} reason={}",
                    backend,
                    problem);
            return new State(null, problem);
        }
    }

    private TrustManager trust() throws IOException, GeneralSecurityException {
        if (settings.insecureSkipVerify()) {
            return InsecureTrustManagerFactory.INSTANCE.getTrustManagers()[0];
        }
        return TlsTrust.of(path(settings.caFile()), path(settings.crlFile()), settings.subjectAltNames());
    }

    private KeyManager @Nullable [] keys() throws IOException, GeneralSecurityException {
        return switch (settings.mode()) {
            case SIMPLE -> null;
            case ISTIO_MUTUAL ->
                throw new GeneralSecurityException(
                        "mode ISTIO_MUTUAL needs workload certificates of the mesh, and there are none yet");
            case MUTUAL -> {
                X509Certificate[] chain = PemFiles.certificates(Path.of(settings.certificateFile()))
                        .toArray(X509Certificate[]::new);
                KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                store.setKeyEntry("own", PemFiles.privateKey(Path.of(settings.keyFile())), NO_PASSWORD, chain);
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(store, NO_PASSWORD);
                yield factory.getKeyManagers();
            }
        };
    }

    private static @Nullable Path path(String name) {
        return name.isEmpty() ? null : Path.of(name);
    }

    /**
     * An engine for one connection.
     *
     * @param serverName name that the request was for; empty: unknown
     * @param address of the endpoint, for resuming sessions where there is no name
     * @param protocol to negotiate (ALPN); empty: none
     * @throws SSLException when the backend's TLS cannot be set up
     */
    SSLEngine engine(String serverName, String address, int port, String protocol) throws SSLException {
        State now = state;
        SSLContext context = now.context();
        if (context == null) {
            throw new SSLException(now.problem());
        }
        String name = settings.sni().isEmpty() ? serverName : settings.sni();
        SSLEngine engine = context.createSSLEngine(name.isEmpty() ? address : name, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(
                name.isEmpty() || PeerIdentity.isAddress(name) ? List.of() : List.of(new SNIHostName(name)));
        if (!settings.insecureSkipVerify() && settings.subjectAltNames().isEmpty()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (!protocol.isEmpty()) {
            parameters.setApplicationProtocols(new String[] {protocol});
        }
        engine.setSSLParameters(parameters);
        return engine;
    }
}
