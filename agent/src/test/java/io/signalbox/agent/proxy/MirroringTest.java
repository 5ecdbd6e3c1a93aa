package io.signalbox.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.Mirror;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.testkit.HttpCaller;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.HttpMessage;
import io.signalbox.agent.testkit.RouteSpec;
import io.signalbox.agent.testkit.ScriptedBackend;
import io.signalbox.agent.testkit.ScriptedBackend.Reply;
import io.signalbox.agent.testkit.Snapshots;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class MirroringTest {
    private static final int ALL = 1_000_000;

    private final RouteSpec route = new RouteSpec();

    private HttpCaller serve(RulesFixture fixture, ScriptedBackend backend, Endpoint... shadows) throws IOException {
        route.mirrors = List.of(new Mirror(WeightedBackend.of("shadow:80", 1), ALL));
        Backend shadow = Snapshots.backend("shadow:80", "shadow", 80, LoadBalancer.ROUND_ROBIN, List.of(shadows));
        return fixture.serve(List.of(route.build()), List.of(RulesFixture.web(List.of(backend.endpoint())), shadow));
    }

    private static void awaitNoneRuns(RulesFixture fixture, Endpoint shadow) {
        await().until(() -> fixture.activeOn(shadow) == 0);
    }

    @ParameterizedTest
    @EnumSource
    void copiesRequests(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.answering("mine");
            ScriptedBackend shadow = fixture.backend((request, number) -> Reply.of(500, "dropped " + number));
            route.requestHeaders = RouteSpec.operations("set x-shop=retail");
            HttpCaller caller = serve(fixture, backend, shadow.endpoint());
            for (int i = 0; i < 3; i++) {
                assertThat(caller.send("POST", "web:80", "/a/../b?c", "body " + i, "x-own", "1")
                                .body())
                        .isEqualTo("mine");
            }
            assertThat(caller.get("web:80", "/get").body()).isEqualTo("mine");
            await().until(() -> shadow.requests().size() == 4);
            for (int i = 0; i < 4; i++) {
                HttpMessage original = backend.requests().get(i);
                HttpMessage copy = shadow.requests().stream()
                        .filter(each -> each.header("x-request-id").equals(original.header("x-request-id")))
                        .findFirst()
                        .orElseThrow();
                assertThat(copy).isEqualTo(original);
            }
            awaitNoneRuns(fixture, shadow.endpoint());
            assertThat(fixture.stats().mirrors.get()).isEqualTo(4);
            assertThat(fixture.stats().mirrorsFailed.get()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void copiesALargeBodyAsItPasses(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.answering("ok");
            ScriptedBackend shadow = fixture.answering("ok");
            HttpCaller caller = serve(fixture, backend, shadow.endpoint());
            caller.get("web", "/warm-up");
            await().until(() -> shadow.requests().size() == 1);
            String body = "0123456789abcdef".repeat(12 * 1024);
            assertThat(caller.send("PUT", "web", "/", body).body()).isEqualTo("ok");
            await().until(() -> shadow.requests().size() == 2);
            assertThat(shadow.requests().get(1).body()).isEqualTo(body);
            awaitNoneRuns(fixture, shadow.endpoint());
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotShowThatACopyFails(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind);
                RawBackend resetting = RawBackend.running((connection, number) -> {
                    connection.read();
                    connection.reset();
                })) {
            ScriptedBackend backend = fixture.answering("mine");
            Endpoint refusing = RawBackend.refusing();
            HttpCaller caller = serve(fixture, backend, refusing, resetting.endpoint());
            for (int i = 0; i < 6; i++) {
                assertThat(caller.send("POST", "web", "/", "body").body()).isEqualTo("mine");
            }
            await().until(() -> fixture.stats().mirrorsFailed.get() == 6);
            awaitNoneRuns(fixture, refusing);
            awaitNoneRuns(fixture, resetting.endpoint());
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotWaitForACopy(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            CountDownLatch release = new CountDownLatch(1);
            ScriptedBackend backend = fixture.answering("mine");
            ScriptedBackend shadow = fixture.backend((request, number) -> {
                release.await();
                return Reply.of(200, "late");
            });
            HttpCaller caller = serve(fixture, backend, shadow.endpoint());
            for (int i = 0; i < 3; i++) {
                assertThat(caller.get("web", "/").body()).isEqualTo("mine");
            }
            await().until(() -> fixture.activeOn(shadow.endpoint()) == 3);
            release.countDown();
            awaitNoneRuns(fixture, shadow.endpoint());
            assertThat(fixture.stats().mirrorsFailed.get()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void abandonsACopyThatCannotKeepUp(HttpKind kind) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (RulesFixture fixture = new RulesFixture(kind);
                RawBackend shadow = RawBackend.running((connection, number) -> release.await())) {
            ScriptedBackend backend = fixture.answering("ok");
            HttpCaller caller = serve(fixture, backend, shadow.endpoint());
            String body = "x".repeat(8 * 1024 * 1024);
            assertThat(caller.send("PUT", "web", "/", body).body()).isEqualTo("ok");
            await().until(() -> fixture.stats().mirrorsAbandoned.get() == 1);
            awaitNoneRuns(fixture, shadow.endpoint());
            assertThat(backend.request().body()).hasSize(body.length());
            release.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource
    void copiesOnlyWhatIsDrawnAndKnown(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.answering("mine");
            ScriptedBackend shadow = fixture.answering("dropped");
            WeightedBackend unknown =
                    new WeightedBackend(null, 1, List.of(), "gone", null, HeaderOperations.NONE, HeaderOperations.NONE);
            route.mirrors = List.of(
                    new Mirror(WeightedBackend.of("shadow:80", 1), 0),
                    new Mirror(unknown, ALL),
                    new Mirror(WeightedBackend.of("shadow:80", 1), 300_000));
            HttpCaller caller = fixture.serve(
                    List.of(route.build()),
                    List.of(
                            RulesFixture.web(List.of(backend.endpoint())),
                            Snapshots.backend(
                                    "shadow:80", "shadow", 80, LoadBalancer.RANDOM, List.of(shadow.endpoint()))));
            for (int i = 0; i < 200; i++) {
                caller.get("web", "/");
            }
            assertThat(fixture.stats().mirrors.get()).isBetween(30L, 90L);
            await().until(() ->
                    shadow.requests().size() == fixture.stats().mirrors.get());
        }
    }
}
