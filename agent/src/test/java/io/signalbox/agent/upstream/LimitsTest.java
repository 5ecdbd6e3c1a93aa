package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import io.signalbox.agent.stats.Counter;
import io.signalbox.agent.stats.EndpointStats;
import io.signalbox.agent.testkit.BackendSpec;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits of a backend, on real sockets. */
@Timeout(60)
class LimitsTest {
    private static final String ADDRESS = "127.9.1.2";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config(60 * 1024, Duration.ofSeconds(20)));
    private final int port = TestDataplane.freePort();
    private final Semaphore answers = new Semaphore(0);
    private final BackendSpec web = new BackendSpec();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        dataplane.close();
    }

    /** Answers a request for each permit. */
    private RawBackend holding() {
        RawBackend backend = RawBackend.running((connection, number) -> {
            while (true) {
                connection.readMessage();
                answers.acquire();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        open.add(backend);
        return backend;
    }

    private RawConnection dial() {
        RawConnection connection = RawConnection.to(new InetSocketAddress(ADDRESS, port));
        open.add(connection);
        return connection;
    }

    private static void ask(RawConnection connection) {
        try {
            connection.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RawConnection asking() {
        RawConnection connection = dial();
        ask(connection);
        return connection;
    }

    private static RawMessage answer(RawConnection connection) {
        try {
            return connection.readMessage();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long openConnections() {
        return sum(endpoint -> endpoint.connectionsActive);
    }

    private long activeRequests() {
        return sum(endpoint -> endpoint.active);
    }

    private long sum(Function<EndpointStats, Counter> counter) {
        return dataplane.stats().get(0).endpoints().values().stream()
                .mapToLong(endpoint -> counter.apply(endpoint).get())
                .sum();
    }

    private void serveHttp(RawBackend... backends) {
        web.at(Arrays.stream(backends).map(RawBackend::endpoint).toArray(Endpoint[]::new));
        dataplane.apply(Snapshots.update(web.http(port, ADDRESS)));
    }

    private static void assertOverflow(RawMessage answer) {
        assertThat(answer.startLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
        assertThat(answer.body()).endsWith("reset reason: overflow");
    }

    @Test
    void requestsOverTheLimitAreRefused() {
        web.maxRequests = 2;
        serveHttp(holding());
        RawConnection first = asking();
        RawConnection second = asking();
        await().until(() -> activeRequests() == 2);
        assertOverflow(answer(asking()));
        answers.release(3);
        assertThat(answer(first).body()).isEqualTo("ok");
        assertThat(answer(second).body()).isEqualTo("ok");
        assertThat(answer(asking()).body()).isEqualTo("ok");
    }

    @Test
    void requestsWaitForOneOfFewConnections() {
        web.maxConnections = 1;
        RawBackend backend = holding();
        serveHttp(backend);
        List<RawConnection> callers = List.of(asking(), asking(), asking());
        answers.release(3);
        callers.forEach(caller -> assertThat(answer(caller).body()).isEqualTo("ok"));
        assertThat(backend.accepted()).isEqualTo(1);
    }

    @Test
    void oneEndpointGetsSoManyConnectionsOfALoopAtMost() {
        RawBackend backend = holding();
        serveHttp(backend);
        List<RawConnection> callers = Stream.generate(this::asking)
                .limit(UpstreamEndpoint.MAX_SHARED_CONNECTIONS + 10)
                .toList();
        await().until(() -> activeRequests() == callers.size());
        answers.release(callers.size());
        callers.forEach(caller -> assertThat(answer(caller).body()).isEqualTo("ok"));
        assertThat(backend.accepted()).isEqualTo(UpstreamEndpoint.MAX_SHARED_CONNECTIONS);
    }

    @Test
    void moreThanSoManyDoNotWait() {
        web.maxConnections = 1;
        web.maxPendingRequests = 1;
        serveHttp(holding());
        RawConnection running = asking();
        await().until(() -> openConnections() == 1);
        RawConnection waiting = asking();
        await().until(() -> activeRequests() == 2);
        assertOverflow(answer(asking()));
        assertOverflow(answer(asking()));
        answers.release(2);
        assertThat(answer(running).body()).isEqualTo("ok");
        assertThat(answer(waiting).body()).isEqualTo("ok");
    }

    @Test
    void aCallerWhoLeavesNoLongerWaits() throws IOException {
        web.maxConnections = 1;
        web.maxPendingRequests = 1;
        serveHttp(holding());
        RawConnection running = asking();
        await().until(() -> openConnections() == 1);
        RawConnection leaving = asking();
        await().until(() -> activeRequests() == 2);
        leaving.reset();
        await().until(() -> activeRequests() == 1);
        RawConnection waiting = asking();
        await().until(() -> activeRequests() == 2);
        answers.release(2);
        assertThat(answer(running).body()).isEqualTo("ok");
        assertThat(answer(waiting).body()).isEqualTo("ok");
    }

    @Test
    void aConnectionServesNoMoreThanSoManyRequests() {
        web.maxRequestsPerConnection = 2;
        RawBackend backend = holding();
        serveHttp(backend);
        answers.release(6);
        RawConnection caller = dial();
        for (int i = 0; i < 6; i++) {
            ask(caller);
            assertThat(answer(caller).body()).isEqualTo("ok");
        }
        assertThat(backend.accepted()).isEqualTo(3);
    }

    @Test
    void idleConnectionsCloseAfterTheBackendsOwnTime() {
        web.httpIdleTimeoutMillis = 100;
        RawBackend backend = holding();
        serveHttp(backend);
        answers.release(1);
        answer(asking());
        await().until(() -> openConnections() == 0);
    }

    @Test
    void opaqueConnectionsOverTheLimitAreClosed() throws IOException {
        web.maxConnections = 1;
        RawBackend backend = holding();
        web.at(backend.endpoint());
        dataplane.apply(Snapshots.update(web.tcp(port, ADDRESS)));
        RawConnection first = asking();
        await().until(() -> backend.accepted() == 1);
        assertThat(dial().read()).isEqualTo(-1);
        answers.release(1);
        assertThat(answer(first).body()).isEqualTo("ok");
    }

    @Test
    void opaqueConnectionsEndAfterTheirTime() throws IOException {
        web.maxConnectionDurationMillis = 50;
        web.at(holding().endpoint());
        dataplane.apply(Snapshots.update(web.tcp(port, ADDRESS)));
        assertThat(dial().read()).isEqualTo(-1);
    }

    @Test
    void limitsOutliveANewSnapshot() {
        web.maxRequests = 1;
        RawBackend backend = holding();
        serveHttp(backend);
        RawConnection running = asking();
        await().until(() -> activeRequests() == 1);
        serveHttp(backend, holding());
        assertOverflow(answer(asking()));
        answers.release(1);
        assertThat(answer(running).body()).isEqualTo("ok");
    }
}
