package io.signalbox.agent.proxy;

import static io.signalbox.agent.testkit.RouteSpec.operations;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.Rewrite;
import io.signalbox.agent.model.Rewrite.PathRewrite;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.RouteAction.RedirectPath;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.agent.testkit.HttpCaller;
import io.signalbox.agent.testkit.HttpKind;
import io.signalbox.agent.testkit.HttpMessage;
import io.signalbox.agent.testkit.RouteSpec;
import io.signalbox.agent.testkit.ScriptedBackend;
import io.signalbox.agent.testkit.ScriptedBackend.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Redirects, direct responses, rewrites, header operations, and what every routed request gets. */
@Timeout(60)
class RouteActionsTest {
    private static final String UUID_V4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    private final RouteSpec route = new RouteSpec();

    @ParameterizedTest
    @EnumSource
    void redirects(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            route.path = new PathMatch.Prefix("/docs/", false);
            route.action =
                    new RouteAction.Redirect(308, new RedirectPath.Prefix("/manual/"), null, "https", 8443, false);
            route.responseHeaders = operations("set x-why=moved");
            HttpCaller caller = fixture.serve(route);
            for (int i = 0; i < 2; i++) {
                HttpMessage answer = caller.send("POST", "web:80", "/docs/a/../b?p=2", "body");
                assertThat(answer.status()).isEqualTo(308);
                assertThat(answer.header("location")).isEqualTo("https://web:8443/manual/b?p=2");
                assertThat(answer.header("x-why")).isEqualTo("moved");
                assertThat(answer.header("content-length")).isEqualTo("0");
                assertThat(answer.has("date")).isTrue();
            }
            assertThat(fixture.stats().redirects.get()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersDirectly(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            route.action = new RouteAction.DirectResponse(418, "short and stout".getBytes(StandardCharsets.UTF_8));
            route.responseHeaders = operations("set content-type=text/tea", "add x-a=1", "add x-a=2");
            HttpCaller caller = fixture.serve(route);
            HttpMessage answer = caller.get("web", "/teapot");
            assertThat(answer.status()).isEqualTo(418);
            assertThat(answer.body()).isEqualTo("short and stout");
            assertThat(answer.header("content-type")).isEqualTo("text/tea");
            assertThat(answer.header("x-a")).isEqualTo("1,2");
            HttpMessage toHead = caller.send("HEAD", "web", "/teapot", "");
            assertThat(toHead.header("content-length")).isEqualTo("15");
            assertThat(toHead.body()).isEmpty();
            assertThat(caller.get("web", "/teapot").body()).isEqualTo("short and stout");
            assertThat(fixture.stats().directResponses.get()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersWithALargeBody(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            String body = "0123456789abcdef".repeat(64 * 1024);
            route.action = new RouteAction.DirectResponse(200, body.getBytes(StandardCharsets.UTF_8));
            HttpCaller caller = fixture.serve(route);
            assertThat(caller.get("web", "/").body()).isEqualTo(body);
            assertThat(caller.send("POST", "web", "/", "x").body()).isEqualTo(body);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsGrpcCallersInTheirWay(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            route.action = new RouteAction.DirectResponse(503, "größer".getBytes(StandardCharsets.UTF_8));
            HttpCaller caller = fixture.serve(route);
            HttpMessage answer = caller.send("POST", "web", "/a/b", "", "content-type", "application/grpc+proto");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("grpc-status")).isEqualTo("14");
            assertThat(answer.header("grpc-message")).isEqualTo("gr%C3%B6%C3%9Fer");
            assertThat(answer.header("content-type")).isEqualTo("application/grpc");
            assertThat(answer.body()).isEmpty();
            assertThat(caller.send("POST", "web", "/", "", "content-type", "application/grpc-web")
                            .status())
                    .isEqualTo(503);
        }
    }

    @ParameterizedTest
    @EnumSource
    void forwardsTheNormalPath(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.answering("ok");
            route.path = new PathMatch.Exact("/public/b", false);
            HttpCaller caller = fixture.serve(route, backend);
            assertThat(caller.get("web", "/public/./a/%2e%2e/b?x=/../").status())
                    .isEqualTo(200);
            assertThat(backend.request().path()).isEqualTo("/public/b?x=/../");
            assertThat(backend.request().has("x-envoy-original-path")).isFalse();
            assertThat(caller.get("web", "/public/../b").status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rewritesPathAndAuthority(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.answering("ok");
            route.path = new PathMatch.Prefix("/u/", false);
            route.rewrite = new Rewrite(
                    new PathRewrite.Regex(Pattern.compile("^/u/([^/]+)/(.*)$"), "/users/\\1/files/\\2"), "inner:81");
            HttpCaller caller = fixture.serve(route, backend);
            HttpMessage answer = caller.send("PUT", "web", "/u/ada/inbox/3?sort=asc", "body");
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(backend.request().path()).isEqualTo("/users/ada/files/inbox/3?sort=asc");
            assertThat(backend.request().authority()).isEqualTo("inner:81");
            assertThat(backend.request().header("x-envoy-original-path")).isEqualTo("/u/ada/inbox/3?sort=asc");
            assertThat(backend.request().body()).isEqualTo("body");
        }
    }

    @ParameterizedTest
    @EnumSource
    void changesHeadersOfRequestAndResponse(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.backend((request, number) ->
                    Reply.of(200, "ok", "x-drop", "1", "x-set", "backend", "x-add", "backend", "server", "mine"));
            route.requestHeaders = operations(
                    "remove x-debug",
                    "set x-shop=retail",
                    "add x-zone=eu",
                    "set x-from=%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
                    "set x-was=%REQ(:path)%",
                    "set x-speaks=%PROTOCOL%",
                    "remove x-request-id");
            route.responseHeaders = operations("remove x-drop", "set x-set=rule", "add x-add=rule");
            route.backends = List.of(new WeightedBackend(
                    "web:80",
                    1,
                    List.of(),
                    "",
                    null,
                    operations("set host=by-header", "set x-shop=pool"),
                    operations("set x-pool=green")));
            HttpCaller caller = fixture.serve(route, backend);
            HttpMessage answer =
                    caller.get("web", "/a?b", "x-debug", "1", "x-debug", "2", "x-shop", "caller", "x-zone", "us");
            HttpMessage request = backend.request();
            assertThat(request.has("x-debug")).isFalse();
            assertThat(request.header("x-shop")).isEqualTo("retail");
            assertThat(request.header("x-zone")).isEqualTo("us,eu");
            assertThat(request.header("x-from")).isEqualTo("127.0.0.1");
            assertThat(request.header("x-was")).isEqualTo("/a?b");
            assertThat(request.header("x-speaks")).isEqualTo(kind.callerSpeaksHttp2() ? "HTTP/2" : "HTTP/1.1");
            assertThat(request.has("x-request-id")).isFalse();
            assertThat(request.authority()).isEqualTo("by-header");
            assertThat(answer.has("x-drop")).isFalse();
            assertThat(answer.header("x-set")).isEqualTo("rule");
            assertThat(answer.header("x-add")).isEqualTo("backend,rule");
            assertThat(answer.header("x-pool")).isEqualTo("green");
            assertThat(answer.header("server")).isEqualTo("mine");
            assertThat(answer.body()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @EnumSource
    void addsWhatEveryRoutedRequestHas(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend =
                    fixture.backend((request, number) -> Reply.of(200, "", "x-envoy-upstream-service-time", "9999"));
            HttpCaller caller = fixture.serve(route, backend);
            HttpMessage answer = caller.get(
                    "web",
                    "/",
                    "x-envoy-retry-on",
                    "5xx",
                    "x-envoy-max-retries",
                    "9",
                    "x-envoy-upstream-rq-timeout-ms",
                    "1",
                    "x-envoy-expected-rq-timeout-ms",
                    "7",
                    "x-envoy-attempt-count",
                    "42",
                    "x-envoy-other",
                    "kept");
            HttpMessage request = backend.request();
            assertThat(request.header("x-request-id")).matches(UUID_V4);
            assertThat(request.header("x-forwarded-proto")).isEqualTo("http");
            assertThat(request.header("x-envoy-attempt-count")).isEqualTo("1");
            assertThat(request.fields().stream().map(field -> field.getKey()))
                    .contains("x-envoy-other")
                    .doesNotContain(
                            "x-envoy-retry-on",
                            "x-envoy-max-retries",
                            "x-envoy-upstream-rq-timeout-ms",
                            "x-envoy-expected-rq-timeout-ms");
            assertThat(Integer.parseInt(answer.header("x-envoy-upstream-service-time")))
                    .isLessThan(9999);
            assertThat(answer.header("date")).endsWith(" GMT");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsWhatTheCallerAndTheBackendSay(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            ScriptedBackend backend = fixture.backend((request, number) -> Reply.of(200, "", "date", "then"));
            HttpCaller caller = fixture.serve(route, backend);
            HttpMessage answer = caller.get("web", "/", "x-request-id", "mine", "x-forwarded-proto", "https");
            assertThat(backend.request().header("x-request-id")).isEqualTo("mine");
            assertThat(backend.request().header("x-forwarded-proto")).isEqualTo("https");
            assertThat(answer.header("date")).isEqualTo("then");
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsWhatGoesToAnUnknownDestination(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            route.backends = List.of(new WeightedBackend(
                    null, 1, List.of(), "no such host", null, HeaderOperations.NONE, HeaderOperations.NONE));
            HttpCaller caller = fixture.serve(route);
            HttpMessage answer = caller.get("web", "/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEmpty();
            assertThat(caller.send("POST", "web", "/", "", "content-type", "application/grpc")
                            .header("grpc-status"))
                    .isEqualTo("14");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatNoEndpointIsUsable(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            HttpCaller caller = fixture.serve(route);
            HttpMessage answer = caller.get("web", "/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("no healthy upstream");
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnUnknownHostWhereOnlyKnownOnesMayBeReached(HttpKind kind) throws Exception {
        try (RulesFixture fixture = new RulesFixture(kind)) {
            HttpCaller caller = fixture.serveOnlyWhatIsKnown(route);
            HttpMessage answer = caller.get("elsewhere", "/");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).isEmpty();
            assertThat(caller.send("POST", "elsewhere", "/", "", "content-type", "application/grpc")
                            .header("grpc-status"))
                    .isEqualTo("14");
        }
    }
}
