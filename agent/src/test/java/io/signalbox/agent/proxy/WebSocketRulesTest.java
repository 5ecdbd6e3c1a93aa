package io.signalbox.agent.proxy;

import static io.signalbox.agent.testkit.RouteSpec.operations;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.Mirror;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.Rewrite;
import io.signalbox.agent.model.Rewrite.PathRewrite;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.proxy.http1.testkit.RawConnection;
import io.signalbox.agent.proxy.http1.testkit.RawMessage;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.RouteSpec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A WebSocket on a route with rules. */
@Timeout(60)
class WebSocketRulesTest {
    private static final int TIMEOUT_MILLIS = 60;
    private static final String SWITCHED =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nX-Drop: 1\r\nUpgrade: websocket\r\n\r\n";

    @Test
    void followsTheRulesAndThenRunsWithoutTimeout() throws Exception {
        RouteSpec route = new RouteSpec();
        route.path = new PathMatch.Prefix("/chat", false);
        route.rewrite = new Rewrite(new PathRewrite.Prefix("/ws"), "inner");
        route.timeoutMillis = TIMEOUT_MILLIS;
        route.requestHeaders = operations("set x-shop=retail");
        route.responseHeaders = operations("set x-pool=green", "remove x-drop");
        route.mirrors = List.of(new Mirror(WeightedBackend.of("web:80", 1), 1_000_000));
        RawMessage[] request = new RawMessage[1];
        try (RulesFixture fixture = new RulesFixture(HttpKind.HTTP1);
                RawBackend backend = RawBackend.running((connection, number) -> {
                    request[0] = connection.readHead();
                    connection.send(SWITCHED);
                    while (true) {
                        connection.send(connection.read(4));
                    }
                })) {
            fixture.serve(List.of(route.build()), List.of(RulesFixture.web(List.of(backend.endpoint()))));
            try (RawConnection caller = fixture.raw()) {
                caller.send("GET /chat/1 HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                RawMessage answer = caller.readHead();
                assertThat(answer.status()).isEqualTo(101);
                assertThat(answer.header("x-pool")).isEqualTo("green");
                assertThat(answer.header("x-drop")).isEmpty();
                assertThat(request[0].startLine()).isEqualTo("GET /ws/1 HTTP/1.1");
                assertThat(request[0].header("host")).isEqualTo("inner");
                assertThat(request[0].header("x-shop")).isEqualTo("retail");
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3 * TIMEOUT_MILLIS);
                do {
                    assertThat(caller.send("ping").read(4)).isEqualTo("ping");
                } while (System.nanoTime() < end);
            }
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }
}
