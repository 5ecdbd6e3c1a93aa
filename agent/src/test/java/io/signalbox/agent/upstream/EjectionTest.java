package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.model.OutlierDetection;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import io.signalbox.agent.testkit.BackendSpec;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Endpoints that fail, on real sockets. */
@Timeout(60)
class EjectionTest {
    private static final String ADDRESS = "127.9.1.1";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config());
    private final int port = TestDataplane.freePort();
    private final BackendSpec web = new BackendSpec();
    private final AtomicInteger badStatus = new AtomicInteger(500);

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        dataplane.close();
    }

    private RawBackend opened(RawBackend backend) {
        open.add(backend);
        return backend;
    }

    private RawBackend answering(String body, AtomicInteger status) {
        return opened(RawBackend.running((connection, number) -> {
            while (true) {
                connection.readMessage();
                connection.send(
                        "HTTP/1.1 " + status.get() + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }
        }));
    }

    private RawBackend good(String name) {
        return answering(name, new AtomicInteger(200));
    }

    private static OutlierDetection detection(int errors, int baseMillis, int minHealthPercent) {
        return new OutlierDetection(errors, 0, false, 5, 10, baseMillis, 100, minHealthPercent);
    }

    private void serve() {
        dataplane.apply(Snapshots.update(web.http(port, ADDRESS)));
    }

    private List<String> ask(int times) throws IOException {
        List<String> answers = new ArrayList<>();
        try (RawConnection connection = RawConnection.to(new InetSocketAddress(ADDRESS, port))) {
            for (int i = 0; i < times; i++) {
                connection.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
                RawMessage answer = connection.readMessage();
                answers.add(answer.body());
            }
        }
        return answers;
    }

    @Test
    void anEndpointIsOutAtOnceOnItsNthErrorAndComesBack() throws IOException {
        web.at(good("a").endpoint(), answering("bad", badStatus).endpoint());
        web.outlierDetection = detection(2, 300, 0);
        serve();
        // Round robin: two of four went to the bad one, which is out now.
        assertThat(ask(4)).filteredOn("bad"::equals).hasSize(2);
        assertThat(ask(10)).containsOnly("a");
        badStatus.set(200);
        await().until(() -> ask(2).contains("bad"));
    }

    @Test
    void aNewSnapshotDoesNotBringItBack() throws IOException {
        RawBackend bad = answering("bad", badStatus);
        web.at(good("a").endpoint(), bad.endpoint());
        web.outlierDetection = detection(1, 60_000, 0);
        serve();
        ask(2);
        web.at(good("a").endpoint(), good("b").endpoint(), bad.endpoint());
        serve();
        Set<String> seen = new TreeSet<>();
        await().until(() -> {
            seen.addAll(ask(4));
            return seen.contains("b");
        });
        assertThat(seen).doesNotContain("bad");
    }

    @Test
    void endpointsThatRefuseConnectionsAreOut() throws IOException {
        web.at(good("a").endpoint(), RawBackend.refusing());
        web.outlierDetection = detection(2, 60_000, 0);
        serve();
        assertThat(ask(10)).containsOnly("a");
        assertThat(dataplane.stats().get(0).endpoints().values().stream()
                        .mapToLong(stats -> stats.connectFailures.get())
                        .sum())
                .isEqualTo(2);
    }

    @Test
    void withAllOutRequestsAreAnswered503() throws IOException {
        web.at(answering("bad", badStatus).endpoint());
        web.outlierDetection = detection(1, 60_000, 0);
        serve();
        assertThat(ask(2)).containsExactly("bad", "no healthy upstream");
    }

    @Test
    void belowTheLeastHealthAllAreUsed() throws IOException {
        web.at(answering("bad", badStatus).endpoint());
        web.outlierDetection = detection(1, 60_000, 50);
        serve();
        assertThat(ask(3)).containsExactly("bad", "bad", "bad");
    }
}
