package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.agent.apply.Dataplane;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.stats.EndpointStats;
import io.signalbox.agent.testkit.BackendSpec;
import io.signalbox.agent.testkit.HttpCaller;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.ScriptedBackend;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.TestDataplane;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections to endpoints that appear, before a request needs them. */
@Timeout(60)
class WarmConnectionsTest {
    private static final String ADDRESS = "127.9.1.9";

    private final Dataplane dataplane = TestDataplane.start(TestDataplane.config());
    private final int port = TestDataplane.freePort();
    private final BackendSpec web = new BackendSpec();

    @AfterEach
    void close() {
        dataplane.close();
    }

    private static ScriptedBackend backend(HttpKind kind) {
        return ScriptedBackend.start(kind, (request, number) -> ScriptedBackend.Reply.of(200, "ok"));
    }

    private void serve(HttpKind kind, ScriptedBackend... backends) {
        web.upstreamProtocol = kind.upstreamProtocol();
        web.at(Arrays.stream(backends).map(ScriptedBackend::endpoint).toArray(Endpoint[]::new));
        dataplane.apply(Snapshots.update(web.http(port, ADDRESS)));
    }

    private long openConnections(ScriptedBackend backend) {
        EndpointStats stats = dataplane.stats().get(0).endpoints().get(backend.endpoint());
        return stats == null ? 0 : stats.connectionsActive.get();
    }

    @ParameterizedTest
    @EnumSource(HttpKind.class)
    void anEndpointThatAppearsInABackendInUseIsConnectedToBeforeARequestComes(HttpKind kind) throws Exception {
        try (ScriptedBackend first = backend(kind);
                ScriptedBackend second = backend(kind)) {
            serve(kind, first);
            try (HttpCaller caller = HttpCaller.to(kind, ADDRESS, port)) {
                assertThat(caller.get("web", "/").status()).isEqualTo(200);
                serve(kind, first, second);
                await().until(() -> openConnections(second) == 1);

                assertThat(caller.get("web", "/").status()).isEqualTo(200);
                assertThat(caller.get("web", "/").status()).isEqualTo(200);
                assertThat(second.requests()).hasSize(1);
                assertThat(openConnections(second)).isEqualTo(1);
            }
        }
    }

    @Test
    void anEndpointThatAppearsAndCannotBeReachedHarmsNobody() throws Exception {
        try (ScriptedBackend first = backend(HttpKind.HTTP1)) {
            serve(HttpKind.HTTP1, first);
            try (HttpCaller caller = HttpCaller.to(HttpKind.HTTP1, ADDRESS, port)) {
                assertThat(caller.get("web", "/").status()).isEqualTo(200);
                Endpoint refusing = Snapshots.local(TestDataplane.freePort()).getFirst();
                web.at(first.endpoint(), refusing);
                dataplane.apply(Snapshots.update(web.http(port, ADDRESS)));
                await().until(() -> {
                    EndpointStats stats = dataplane.stats().get(0).endpoints().get(refusing);
                    return stats != null && stats.connectFailures.get() == 1;
                });
                assertThat(caller.get("web", "/").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aBackendThatNobodyUsesIsNotConnectedTo() throws Exception {
        try (ScriptedBackend first = backend(HttpKind.HTTP2);
                ScriptedBackend second = backend(HttpKind.HTTP2)) {
            serve(HttpKind.HTTP2, first);
            serve(HttpKind.HTTP2, first, second);
            try (HttpCaller caller = HttpCaller.to(HttpKind.HTTP2, ADDRESS, port)) {
                // Whatever the change made the loop do comes before this request.
                assertThat(caller.get("web", "/").status()).isEqualTo(200);
            }
            assertThat(openConnections(first) + openConnections(second)).isEqualTo(1);
        }
    }
}
