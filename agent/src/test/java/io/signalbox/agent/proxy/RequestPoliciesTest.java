package io.signalbox.agent.proxy;

import static io.signalbox.agent.testkit.RouteSpec.retries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.CorsPolicy;
import io.signalbox.agent.model.Fault;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.RetryBudget;
import io.signalbox.agent.model.RetryCondition;
import io.signalbox.agent.model.StringMatch;
import io.signalbox.agent.proxy.http1.testkit.RawBackend;
import io.signalbox.agent.testkit.BackendSpec;
import io.signalbox.agent.testkit.HttpCaller;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.HttpMessage;
import io.signalbox.agent.testkit.RouteSpec;
import io.signalbox.agent.testkit.ScriptedBackend;
import io.signalbox.agent.testkit.ScriptedBackend.Reply;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CORS, faults, timeouts and retries. */
@Timeout(60)
class RequestPoliciesTest {
    private static final Set<Integer> NO_CODES = Set.of();

    private final RouteSpec route = new RouteSpec();

    // ---- CORS -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void answersPreflightsAndMarksResponses(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend =
                    fixture.backend((request, number) -> Reply.of(200, "ok", "access-control-allow-origin", "*"));
            route.cors = new CorsPolicy(
                    List.of(new StringMatch.Exact("https://shop")), "GET,PUT", "", "x-total", 60, true, true);
            HttpCaller caller = fixture.serve(route, backend);
            HttpMessage preflight = caller.send(
                    "OPTIONS", "web", "/", "", "origin", "https://shop", "access-control-request-method", "PUT");
            assertThat(preflight.status()).isEqualTo(200);
            assertThat(preflight.header("access-control-allow-origin")).isEqualTo("https://shop");
            assertThat(preflight.header("access-control-allow-methods")).isEqualTo("GET,PUT");
            assertThat(preflight.header("access-control-max-age")).isEqualTo("60");
            assertThat(backend.requests()).isEmpty();

            HttpMessage actual = caller.get("web", "/", "origin", "https://shop");
            assertThat(actual.body()).isEqualTo("ok");
            assertThat(actual.header("access-control-allow-origin")).isEqualTo("https://shop");
            assertThat(actual.header("access-control-expose-headers")).isEqualTo("x-total");

            HttpMessage other = caller.send(
                    "OPTIONS", "web", "/", "", "origin", "https://other", "access-control-request-method", "PUT");
            assertThat(other.header("access-control-allow-origin")).isEqualTo("*");
            assertThat(backend.requests()).hasSize(2);
        }
    }

    // ---- faults ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void abortsOnPurpose(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.answering("ok");
            route.fault = new Fault(0, 0, 418, null, 1_000_000);
            HttpCaller caller = fixture.serve(route, backend);
            HttpMessage answer = caller.send("POST", "web", "/", "body");
            assertThat(answer.status()).isEqualTo(418);
            assertThat(answer.body()).isEqualTo("fault filter abort");
            assertThat(backend.requests()).isEmpty();
            assertThat(fixture.stats().faultAborts.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void abortsWithAGrpcStatus(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            route.fault = new Fault(0, 0, 0, 8, 1_000_000);
            HttpCaller caller = fixture.serve(route, fixture.answering("ok"));
            HttpMessage answer = caller.send("POST", "web", "/", "", "content-type", "application/grpc");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("grpc-status")).isEqualTo("8");
            assertThat(caller.get("web", "/").status()).isEqualTo(429);
        }
    }

    @ParameterizedTest
    @EnumSource
    void delaysOnPurpose(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.answering("ok");
            route.fault = new Fault(120, 1_000_000, 0, null, 0);
            HttpCaller caller = fixture.serve(route, backend);
            long start = System.nanoTime();
            assertThat(caller.send("POST", "web", "/", "body").body()).isEqualTo("ok");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(120_000_000);
            assertThat(backend.request().body()).isEqualTo("body");
            assertThat(fixture.stats().faultDelays.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "HTTP2") // an HTTP/1.1 caller that says no more may still wait for its answer
    void forgetsADelayedRequestWhoseCallerIsGone(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.answering("ok");
            route.fault = new Fault(60_000, 1_000_000, 0, null, 0);
            HttpCaller caller = fixture.serve(route, backend);
            Thread waiting = Thread.ofVirtual().start(() -> {
                try {
                    caller.get("web", "/");
                } catch (java.io.IOException e) {
                    // closed below
                }
            });
            await().until(() -> fixture.stats().faultDelays.get() == 1);
            caller.close();
            waiting.join();
            await().until(() -> fixture.stats().connectionsActive.get() == 0);
            assertThat(backend.requests()).isEmpty();
        }
    }

    // ---- timeouts -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void givesUpWhenTheTimeIsUp(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend =
                    fixture.backend((request, number) -> number == 1 ? Reply.none() : Reply.of(200, "ok"));
            route.timeoutMillis = 80;
            HttpCaller caller = fixture.serve(route, backend);
            HttpMessage answer = caller.send("POST", "web", "/", "body");
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).isEqualTo("upstream request timeout");
            assertThat(Integer.parseInt(backend.request().header("x-envoy-expected-rq-timeout-ms")))
                    .isBetween(1, 80);
            assertThat(fixture.web().timeouts.get()).isEqualTo(1);
            assertThat(caller.get("web", "/").body()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @EnumSource
    void capsTheTimeoutOfAGrpcCaller(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.backend((request, number) -> Reply.none());
            HttpCaller uncapped = fixture.serve(route, backend);
            HttpMessage answer =
                    uncapped.send("POST", "web", "/", "", "content-type", "application/grpc", "grpc-timeout", "50m");
            assertThat(answer.header("grpc-status")).isEqualTo("14");
            assertThat(answer.header("grpc-message")).isEqualTo("upstream request timeout");
            assertThat(backend.request().header("grpc-timeout")).isEqualTo("50m");
            route.timeoutMillis = 40;
            HttpCaller capped = fixture.serve(route, backend);
            assertThat(capped.send("POST", "web", "/", "", "content-type", "application/grpc", "grpc-timeout", "1H")
                            .header("grpc-status"))
                    .isEqualTo("14");
            if (kind == HttpKind.HTTP2) {
                assertThat(backend.requests().get(1).header("grpc-timeout")).isEqualTo("40m");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void triesAgainWhenTheTimeOfAnAttemptIsUp(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend =
                    fixture.backend((request, number) -> number == 1 ? Reply.none() : Reply.of(200, "ok"));
            route.retry = retries(1, 60, NO_CODES, RetryCondition.GATEWAY_ERROR);
            HttpCaller caller = fixture.serve(route, backend);
            HttpMessage answer = caller.send("POST", "web", "/", "body");
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(backend.requests()).hasSize(2);
            assertThat(backend.requests().get(1).body()).isEqualTo("body");
            assertThat(backend.requests().get(1).header("x-envoy-attempt-count"))
                    .isEqualTo("2");
            assertThat(fixture.web().tryTimeouts.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void countsTheTimeoutOverAllAttempts(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.backend((request, number) -> Reply.none());
            route.retry = retries(100, 50, NO_CODES, RetryCondition.SERVER_ERROR);
            route.timeoutMillis = 180;
            HttpCaller caller = fixture.serve(route, backend);
            assertThat(caller.get("web", "/").status()).isEqualTo(504);
            assertThat(backend.requests()).hasSizeBetween(2, 4);
        }
    }

    // ---- retries --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void triesAgainAfterAResponse(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend =
                    fixture.backend((request, number) -> number % 3 == 0 ? Reply.of(200, "ok") : Reply.of(503, "busy"));
            route.retry = retries(2, 0, NO_CODES, RetryCondition.SERVER_ERROR);
            HttpCaller caller = fixture.serve(route, backend);
            for (int i = 0; i < 3; i++) {
                assertThat(caller.send("POST", "web", "/", "body " + i).body()).isEqualTo("ok");
            }
            assertThat(backend.requests()).hasSize(9);
            assertThat(backend.requests()).extracting(HttpMessage::body).contains("body 2", "body 2", "body 2");
            assertThat(fixture.web().retries.get()).isEqualTo(6);
            assertThat(fixture.web().requests(2)).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void passesTheLastResponseOn(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.backend((request, number) -> Reply.of(503, "busy " + number));
            route.retry = retries(2, 0, Set.of(503), RetryCondition.RETRIABLE_STATUS_CODES);
            HttpCaller caller = fixture.serve(route, backend);
            HttpMessage answer = caller.get("web", "/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("busy 3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotTryWhatThePolicyDoesNotName(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend =
                    fixture.backend((request, number) -> number == 1 ? Reply.of(503, "busy") : Reply.reset());
            HttpCaller caller = fixture.serve(route, backend);
            assertThat(caller.get("web", "/").body()).isEqualTo("busy");
            assertThat(caller.send("POST", "web", "/", "").status()).isEqualTo(503);
            assertThat(backend.requests()).hasSize(2);
            assertThat(fixture.web().retries.get()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void triesAgainAfterAReset(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend =
                    fixture.backend((request, number) -> number < 3 ? Reply.reset() : Reply.of(200, "ok"));
            route.retry = retries(2, 0, NO_CODES, RetryCondition.RESET);
            HttpCaller caller = fixture.serve(route, backend);
            assertThat(caller.send("POST", "web", "/", "body").body()).isEqualTo("ok");
            assertThat(backend.requests()).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotTryAgainWithoutAPolicy(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            route.retry = null;
            HttpCaller caller = fixture.serve(
                    List.of(route.build()),
                    List.of(RulesFixture.web(List.of(RawBackend.refusing(), RawBackend.refusing()))));
            HttpMessage answer = caller.get("web", "/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).endsWith("reset reason: connection failure");
            assertThat(fixture.web().retries.get()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void prefersAnotherEndpoint(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend bad = fixture.backend((request, number) -> Reply.of(500, "bad"));
            ScriptedBackend good = fixture.answering("good");
            route.retry = retries(1, 0, NO_CODES, RetryCondition.SERVER_ERROR);
            HttpCaller caller = fixture.serve(route, bad, good);
            for (int i = 0; i < 20; i++) {
                assertThat(caller.get("web", "/").body()).isEqualTo("good");
            }
            assertThat(bad.requests()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotTryAgainWhatItNoLongerHas(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.backend((request, number) -> Reply.of(503, "busy"));
            route.retry = retries(2, 0, NO_CODES, RetryCondition.SERVER_ERROR);
            HttpCaller caller = fixture.serve(route, backend);
            String large = "x".repeat(65 * 1024);
            assertThat(caller.send("POST", "web", "/", large).body()).isEqualTo("busy");
            assertThat(backend.requests()).hasSize(1);
            String small = "x".repeat(60 * 1024);
            assertThat(caller.send("POST", "web", "/", small).body()).isEqualTo("busy");
            assertThat(backend.requests()).hasSize(4);
            assertThat(backend.requests().get(3).body()).isEqualTo(small);
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsRetriesWithinTheBudget(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.backend((request, number) -> Reply.of(503, "busy"));
            BackendSpec spec = new BackendSpec().at(backend.endpoint());
            spec.retryBudget = new RetryBudget(0, 0);
            route.retry = retries(2, 0, NO_CODES, RetryCondition.SERVER_ERROR);
            HttpCaller caller = fixture.serve(List.of(route.build()), List.of(spec.build()));
            assertThat(caller.get("web", "/").body()).isEqualTo("busy");
            assertThat(backend.requests()).hasSize(1);
            assertThat(fixture.web().retriesRefused.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "HTTP2")
    void triesAgainAfterAGrpcStatusInTheHeaders(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            String[] type = {"content-type", "application/grpc"};
            ScriptedBackend backend = fixture.backend((request, number) -> switch (number) {
                case 1 -> Reply.of(200, "", type[0], type[1], "grpc-status", "14");
                case 2 -> Reply.refused();
                default -> Reply.of(200, "", type[0], type[1], "grpc-status", "0");
            });
            HttpCaller caller = fixture.serve(route, backend);
            assertThat(caller.send("POST", "web", "/", "message", type).header("grpc-status"))
                    .isEqualTo("0");
            assertThat(backend.requests())
                    .extracting(HttpMessage::body)
                    .containsOnly("message")
                    .hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void goesOnWithTheCallersNextRequestWhileAnAttemptHangs(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            CountDownLatch release = new CountDownLatch(1);
            ScriptedBackend backend = fixture.backend((request, number) -> {
                if (number == 1) {
                    release.await();
                }
                return Reply.of(200, "answer " + number);
            });
            route.retry = retries(1, 60, NO_CODES, RetryCondition.SERVER_ERROR);
            HttpCaller caller = fixture.serve(route, backend);
            assertThat(caller.get("web", "/").body()).isEqualTo("answer 2");
            release.countDown();
            assertThat(caller.get("web", "/").body()).isEqualTo("answer 3");
        }
    }

    // ---- consistent hashing ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void givesACookieToACallerWithoutOne(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend a = fixture.answering("a");
            ScriptedBackend b = fixture.answering("b");
            BackendSpec spec = new BackendSpec().at(a.endpoint(), b.endpoint());
            spec.loadBalancer = LoadBalancer.CONSISTENT_HASH;
            spec.consistentHash = new ConsistentHash(
                    new ConsistentHash.Key.Cookie("seat", "/shop", 60), new ConsistentHash.Algorithm.RingHash(1024));
            HttpCaller caller = fixture.serve(List.of(route.build()), List.of(spec.build()));
            for (int i = 0; i < 8; i++) {
                HttpMessage first = caller.get("web", "/");
                assertThat(first.header("set-cookie"))
                        .matches("seat=\"[0-9a-f]{16}\"; Max-Age=60; Path=/shop; HttpOnly");
                String cookie = first.header("set-cookie").split(";", 2)[0];
                HttpMessage second = caller.get("web", "/", "cookie", "other=1; " + cookie);
                assertThat(second.body()).isEqualTo(first.body());
                assertThat(second.has("set-cookie")).isFalse();
            }
        }
    }
}
