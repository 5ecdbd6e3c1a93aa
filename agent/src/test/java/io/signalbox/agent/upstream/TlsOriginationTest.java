package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.RevocationServer;
import io.netty.pkitesting.X509Bundle;
import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.TlsOrigination;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.testkit.BackendSpec;
import io.signalbox.agent.testkit.GrpcPeer;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS towards endpoints, with certificates made for each test. */
@Timeout(60)
class TlsOriginationTest {
    private static final String ADDRESS = "127.9.1.4";

    @TempDir
    private Path files;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config());
    private final int port = TestDataplane.freePort();
    private final BackendSpec web = new BackendSpec();
    private final TlsSpec tls = new TlsSpec();
    private final List<Long> sessionTimes = new CopyOnWriteArrayList<>();
    private volatile boolean closesAfterAnswer;
    private X509Bundle authority;
    private X509Bundle server;

    /** The parts of a TlsOrigination. */
    private static final class TlsSpec {
        TlsOrigination.Mode mode = TlsOrigination.Mode.SIMPLE;
        String sni = "";
        String ca = "";
        String certificate = "";
        String key = "";
        List<String> names = List.of();
        boolean insecure;
        String crl = "";

        TlsOrigination build() {
            return new TlsOrigination(mode, sni, ca, certificate, key, names, insecure, crl);
        }
    }

    @BeforeEach
    void makeCertificates() throws Exception {
        authority = newAuthority();
        server = certificate("DNS:api.example");
        tls.ca = write("ca.pem", authority.getCertificatePEM());
        web.host = "api.example";
    }

    private static X509Bundle newAuthority() throws Exception {
        return new CertificateBuilder()
                .subject("CN=authority")
                .setKeyUsage(
                        true,
                        CertificateBuilder.KeyUsage.keyCertSign,
                        CertificateBuilder.KeyUsage.cRLSign,
                        CertificateBuilder.KeyUsage.digitalSignature)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private X509Bundle certificate(String... names) throws Exception {
        CertificateBuilder builder = new CertificateBuilder().ecp256().subject("CN=test");
        for (String name : names) {
            String value = name.substring(name.indexOf(':') + 1);
            if (name.startsWith("DNS:*")) {
                builder.addExtensionOctetString("2.5.29.17", false, dnsName(value));
            } else if (name.startsWith("DNS:")) {
                builder.addSanDnsName(value);
            } else if (name.startsWith("IP:")) {
                builder.addSanIpAddress(value);
            } else {
                builder.addSanUriName(URI.create(value));
            }
        }
        return builder.buildIssuedBy(authority);
    }

    /** A subject alternative name that the builder takes for no host name: a wildcard. */
    private static byte[] dnsName(String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        byte[] extension = new byte[text.length + 4];
        extension[0] = 0x30;
        extension[1] = (byte) (text.length + 2);
        extension[2] = (byte) 0x82;
        extension[3] = (byte) text.length;
        System.arraycopy(text, 0, extension, 4, text.length);
        return extension;
    }

    private String write(String name, String content) throws IOException {
        return Files.writeString(files.resolve(name), content).toString();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        dataplane.close();
    }

    /** A server that answers each request with what it knows of the connection: SNI, ALPN, client and resumption. */
    private Endpoint tlsServer(boolean asksForClient) throws Exception {
        KeyManagerFactory keys = server.toKeyManagerFactory();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {authority.toTrustManager()}, null);
        SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, Snapshots.address("127.0.0.1"));
        listener.setNeedClientAuth(asksForClient);
        var parameters = listener.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        listener.setSSLParameters(parameters);
        open.add(listener);
        Thread.ofVirtual().start(() -> {
            int number = 0;
            while (!listener.isClosed()) {
                try {
                    SSLSocket socket = (SSLSocket) listener.accept();
                    int connection = ++number;
                    Thread.ofVirtual().start(() -> answer(socket, connection));
                } catch (IOException e) {
                    return;
                }
            }
        });
        return new Endpoint(Snapshots.address("127.0.0.1"), listener.getLocalPort());
    }

    private void answer(SSLSocket socket, int number) {
        try (socket) {
            socket.startHandshake();
            ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
            sessionTimes.add(session.getCreationTime());
            String names = "";
            for (SNIServerName name : session.getRequestedServerNames()) {
                names = new String(name.getEncoded(), StandardCharsets.US_ASCII);
            }
            String body = "sni=" + names + " alpn=" + socket.getApplicationProtocol() + " connection=" + number;
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    String text = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
                    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                    if (closesAfterAnswer) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            // the handshake failed, or the other side has closed
        }
    }

    private void serve(Endpoint... endpoints) {
        web.tls = tls.build();
        web.at(endpoints);
        dataplane.apply(Snapshots.update(web.http(port, ADDRESS)));
    }

    private String ask() {
        return ask(web.host);
    }

    private String ask(String host) {
        try (RawConnection connection = RawConnection.to(new InetSocketAddress(ADDRESS, port))) {
            connection.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            return connection.readMessage().body();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void assertFailed(String answer) {
        assertThat(answer).endsWith("reset reason: connection failure");
    }

    @Test
    void speaksTlsWithTheHostAsServerName() throws Exception {
        serve(tlsServer(false));
        assertThat(ask()).isEqualTo("sni=api.example alpn=http/1.1 connection=1");
        assertThat(ask("API.example:9999")).as("the connection is used again").endsWith("connection=1");
    }

    @Test
    void resumesSessionsOnNewConnections() throws Exception {
        closesAfterAnswer = true;
        serve(tlsServer(false));
        assertThat(ask()).endsWith("connection=1");
        for (int connection = 2; connection <= 4; connection++) {
            assertThat(ask()).endsWith("connection=" + connection);
        }
        // A session that is resumed began when it was negotiated in full.
        assertThat(sessionTimes).hasSize(4).containsOnly(sessionTimes.get(0));
    }

    @Test
    void speaksTlsWithTheServerNameThatIsSet() throws Exception {
        tls.sni = "other.example";
        tls.names = List.of("api.example");
        serve(tlsServer(false));
        assertThat(ask()).startsWith("sni=other.example");
    }

    @Test
    void aConnectionOfOneNameDoesNotServeAnother() throws Exception {
        server = certificate("DNS:*.example");
        web.host = "*.example";
        serve(tlsServer(false));
        assertThat(ask("a.example")).isEqualTo("sni=a.example alpn=http/1.1 connection=1");
        assertThat(ask("b.example")).isEqualTo("sni=b.example alpn=http/1.1 connection=2");
        assertThat(ask("a.example")).endsWith("connection=1");
    }

    // Where no names are given the host counts; else any of the names will do.
    @ParameterizedTest
    @CsvSource({
        "DNS:api.example, '', true",
        "DNS:API.example, '', true",
        "DNS:*.example, '', true",
        "DNS:other.example, '', false",
        "DNS:*.api.example, '', false",
        "DNS:other.example, other.example, true",
        "DNS:other.example, one.example other.example, true",
        "DNS:*.svc.example, a.svc.example, true",
        "DNS:*.svc.example, a.b.svc.example, false",
        "DNS:api.example, other.example, false",
        "URI:spiffe://mesh/ns/shop/sa/api, spiffe://mesh/ns/shop/sa/api, true",
        "URI:spiffe://mesh/ns/shop/sa/api, spiffe://mesh/ns/shop/sa/other, false",
        "IP:10.1.2.3, 10.1.2.3, true",
        "IP:10.1.2.3, 10.1.2.4, false",
    })
    void checksWhoTheServerIs(String name, String accepted, boolean trusted) throws Exception {
        server = certificate(name);
        tls.names = accepted.isEmpty() ? List.of() : List.of(accepted.split(" ", -1));
        serve(tlsServer(false));
        if (trusted) {
            assertThat(ask()).startsWith("sni=");
        } else {
            assertFailed(ask());
        }
    }

    @Test
    void doesNotTrustAnotherAuthority() throws Exception {
        X509Bundle other = newAuthority();
        tls.ca = write("other.pem", other.getCertificatePEM());
        serve(tlsServer(false));
        assertFailed(ask());
    }

    @Test
    void trustsTheSystemsRootsWhereNoAuthorityIsNamed() throws Exception {
        tls.ca = "";
        serve(tlsServer(false));
        assertFailed(ask());
    }

    @Test
    void checksNothingWhenToldSo() throws Exception {
        server = certificate("DNS:other.example");
        tls.ca = "";
        tls.insecure = true;
        serve(tlsServer(false));
        assertThat(ask()).startsWith("sni=api.example");
    }

    @Test
    void provesWhoItIsWhereTheModeIsMutual() throws Exception {
        X509Bundle client = certificate("DNS:client.example");
        tls.mode = TlsOrigination.Mode.MUTUAL;
        tls.certificate = write("client.pem", client.getCertificatePathPEM());
        tls.key = write("client.key", client.getPrivateKeyPEM());
        serve(tlsServer(true));
        assertThat(ask()).startsWith("sni=api.example");
    }

    @ParameterizedTest
    @CsvSource({"ISTIO_MUTUAL, ''", "SIMPLE, missing.pem", "SIMPLE, broken.pem"})
    void oneBackendThatCannotBeSetUpFailsAloneAndTheOthersServe(TlsOrigination.Mode mode, String caFile)
            throws Exception {
        write("broken.pem", "nothing");
        tls.mode = mode;
        tls.ca = caFile.isEmpty() ? tls.ca : files.resolve(caFile).toString();
        BackendSpec good = new BackendSpec();
        good.host = "api.example";
        tls.build();
        int goodPort = TestDataplane.freePort();
        Endpoint endpoint = tlsServer(false);
        web.tls = tls.build();
        web.at(endpoint);
        tls.mode = TlsOrigination.Mode.SIMPLE;
        tls.ca = files.resolve("ca.pem").toString();
        good.tls = tls.build();
        good.at(endpoint);
        dataplane.apply(Snapshots.update(web.http(port, ADDRESS), good.http(goodPort, ADDRESS)));
        assertFailed(ask());
        try (RawConnection connection = RawConnection.to(new InetSocketAddress(ADDRESS, goodPort))) {
            connection.send("GET / HTTP/1.1\r\nHost: api.example\r\n\r\n");
            assertThat(connection.readMessage().body()).startsWith("sni=");
        }
    }

    @Test
    void readsFilesAgainThatHaveChanged() throws Exception {
        write("ca.pem", newAuthority().getCertificatePEM());
        serve(tlsServer(false));
        assertFailed(ask());
        write("ca.pem", authority.getCertificatePEM());
        await().until(() -> ask().startsWith("sni="));
    }

    @Test
    void doesNotTrustARevokedCertificate() throws Exception {
        RevocationServer revocations = RevocationServer.getInstance();
        revocations.register(authority);
        X509Bundle good = certificate("DNS:api.example");
        tls.crl = write("empty.crl", crl(revocations));
        server = good;
        serve(tlsServer(false));
        assertThat(ask()).startsWith("sni=");
        revocations.revoke(good, Instant.now().minusSeconds(60));
        tls.crl = write("one.crl", crl(revocations));
        serve(tlsServer(false));
        assertFailed(ask());
    }

    private String crl(RevocationServer revocations) throws IOException {
        try (var in = revocations.getCrlUri(authority).toURL().openStream()) {
            return "-----BEGIN X509 CRL-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(in.readAllBytes())
                    + "\n-----END X509 CRL-----\n";
        }
    }

    @Test
    void negotiatesHttp2() throws Exception {
        Server grpc = NettyServerBuilder.forAddress(new InetSocketAddress(Snapshots.address("127.0.0.1"), 0))
                .useTransportSecurity(
                        Files.newInputStream(Path.of(write("server.pem", server.getCertificatePathPEM()))),
                        Files.newInputStream(Path.of(write("server.key", server.getPrivateKeyPEM()))))
                .addService(GrpcPeer.echo())
                .build()
                .start();
        open.add(grpc::shutdownNow);
        serve(new Endpoint(Snapshots.address("127.0.0.1"), grpc.getPort()));
        ManagedChannel channel = GrpcPeer.channel(ADDRESS, port, "api.example");
        open.add(channel::shutdownNow);
        for (int i = 0; i < 3; i++) {
            byte[] answer = ClientCalls.blockingUnaryCall(
                    channel, GrpcPeer.UNARY, GrpcPeer.options(), "x".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("x");
        }
        assertThat(dataplane.stats().get(0).endpoints().values().stream()
                        .mapToLong(endpoint -> endpoint.connectionsOpened.get())
                        .sum())
                .isEqualTo(1);
    }

    @Test
    void doesNotSpeakHttp2ToAServerThatAgreesOnSomethingElse() throws Exception {
        serve(tlsServer(false));
        ManagedChannel channel = GrpcPeer.channel(ADDRESS, port, "api.example");
        open.add(channel::shutdownNow);
        assertThatThrownBy(
                        () -> ClientCalls.blockingUnaryCall(channel, GrpcPeer.UNARY, GrpcPeer.options(), new byte[0]))
                .hasMessageContaining("connection failure");
    }

    @Test
    void opaqueBytesGoInsideTlsAndHalfCloseIsPassedOn() throws Exception {
        web.tls = tls.build();
        tls.sni = "api.example";
        web.tls = tls.build();
        web.at(tlsServer(false));
        dataplane.apply(Snapshots.update(web.tcp(port, ADDRESS)));
        try (RawConnection connection = RawConnection.to(new InetSocketAddress(ADDRESS, port))) {
            connection.send("one\r\n\r\n");
            assertThat(connection.readMessage().body()).isEqualTo("sni=api.example alpn= connection=1");
            connection.endOutput();
            assertThat(connection.read()).isEqualTo(-1);
        }
    }
}
