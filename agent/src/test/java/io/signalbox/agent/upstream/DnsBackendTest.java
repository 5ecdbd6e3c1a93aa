package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.Discovery;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import io.signalbox.agent.testkit.BackendSpec;
import io.signalbox.agent.testkit.DnsServer;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Backends whose endpoints have names, with a real DNS server. */
@Timeout(60)
class DnsBackendTest {
    private static final String ADDRESS = "127.9.1.3";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final DnsServer dns = new DnsServer();
    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config(List.of(dns.address())));
    private final int port = TestDataplane.freePort();
    private final int endpointPort = TestDataplane.freePort();
    private final BackendSpec web = new BackendSpec();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        dataplane.close();
        dns.close();
    }

    /**
     * A server on the endpoints' port of one address, which names itself in its answers and the connection's number.
     */
    private void server(String address) throws IOException {
        ServerSocket listener = new ServerSocket(endpointPort, 50, Snapshots.address(address));
        open.add(listener);
        Thread.ofVirtual().start(() -> {
            int number = 0;
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    String body = address + "#" + ++number;
                    Thread.ofVirtual().start(() -> answer(socket, body));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private static void answer(Socket socket, String body) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    String text = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
                    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            // the other side has closed
        }
    }

    private void serve(Discovery discovery) {
        web.discovery = discovery;
        web.endpoints.add(new BackendEndpoint(null, "api.example", endpointPort, 1, "", "", List.of()));
        dataplane.apply(Snapshots.update(web.http(port, ADDRESS)));
    }

    private String ask() {
        try (RawConnection connection = RawConnection.to(new InetSocketAddress(ADDRESS, port))) {
            connection.send("GET / HTTP/1.1\r\nHost: " + web.host + "\r\n\r\n");
            RawMessage answer = connection.readMessage();
            return answer.body();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String host(String answer) {
        return answer.substring(0, Math.max(0, answer.indexOf('#')));
    }

    private Set<String> hosts() {
        Set<String> hosts = new TreeSet<>();
        for (int i = 0; i < 6; i++) {
            hosts.add(host(ask()));
        }
        return hosts;
    }

    @Test
    void balancesOverAllAddressesAndFollowsTheirChange() throws IOException {
        server("127.9.2.1");
        server("127.9.2.2");
        server("127.9.2.3");
        dns.say("api.example", 1, "127.9.2.1", "127.9.2.2");
        serve(Discovery.DNS);
        await().until(() -> hosts().equals(Set.of("127.9.2.1", "127.9.2.2")));
        dns.say("api.example", 1, "127.9.2.2", "127.9.2.3");
        await().until(() -> hosts().equals(Set.of("127.9.2.2", "127.9.2.3")));
    }

    @Test
    void keepsTheLastAddressesOfANameThatIsGone() throws IOException {
        server("127.9.2.1");
        dns.say("api.example", 1, "127.9.2.1");
        serve(Discovery.DNS);
        await().until(() -> hosts().equals(Set.of("127.9.2.1")));
        dns.forget("api.example");
        int before = dns.questions();
        await().until(() -> dns.questions() >= before + 2);
        assertThat(hosts()).containsOnly("127.9.2.1");
    }

    @Test
    void answersNoHealthyUpstreamUntilTheNameIsKnown() throws IOException {
        server("127.9.2.1");
        serve(Discovery.DNS);
        assertThat(ask()).isEqualTo("no healthy upstream");
        dns.say("api.example", 60, "127.9.2.1");
        await().until(() -> hosts().equals(Set.of("127.9.2.1")));
    }

    @Test
    void roundRobinUsesOneAnswerAndKeepsOpenConnections() throws IOException {
        server("127.9.2.1");
        server("127.9.2.2");
        dns.say("api.example", 1, "127.9.2.1", "127.9.2.2");
        serve(Discovery.DNS_ROUND_ROBIN);
        await().until(() -> ask().equals("127.9.2.1#1"));
        dns.say("api.example", 1, "127.9.2.2", "127.9.2.1");
        int before = dns.questions();
        await().until(() -> dns.questions() >= before + 2);
        assertThat(ask()).isEqualTo("127.9.2.1#1");
    }

    @Test
    void looksUpTheHostOfTheRequest() throws IOException {
        server("127.9.2.1");
        server("127.9.2.2");
        dns.say("one.dyn.example", 60, "127.9.2.1");
        dns.say("two.dyn.example", 60, "127.9.2.2");
        web.discovery = Discovery.DYNAMIC_DNS;
        web.targetPort = endpointPort;
        web.host = "*.dyn.example";
        dataplane.apply(Snapshots.update(web.http(port, ADDRESS)));
        web.host = "one.dyn.example";
        assertThat(host(ask())).isEqualTo("127.9.2.1");
        web.host = "TWO.dyn.example:99";
        assertThat(host(ask())).isEqualTo("127.9.2.2");
        assertThat(ask()).as("the connection is kept").isEqualTo("127.9.2.2#1");
        web.host = "unknown.dyn.example";
        assertThat(ask()).startsWith("upstream connect error");
    }

    @Test
    void forwardsToTheOriginalDestinationOnTheTargetPort() throws IOException {
        server("127.9.1.3");
        web.discovery = Discovery.ORIGINAL_DESTINATION;
        web.targetPort = endpointPort;
        dataplane.apply(Snapshots.update(web.tcp(port, ADDRESS)));
        assertThat(ask()).isEqualTo("127.9.1.3#1");
    }
}
