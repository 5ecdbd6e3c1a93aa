package io.signalbox.agent.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.signalbox.agent.balance.Place;
import io.signalbox.agent.config.WhatIfSnapshot;
import io.signalbox.agent.model.CallerScope;
import io.signalbox.agent.model.CorsPolicy;
import io.signalbox.agent.model.Destination;
import io.signalbox.agent.model.Fault;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.HeaderOperations.Header;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.NamedMatch;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.OutboundPolicy;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.Rewrite;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.model.StringMatch;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.RoutingTable;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.Tables;
import io.signalbox.config.v1.ExplainHeader;
import io.signalbox.config.v1.ExplainHttpRequest;
import io.signalbox.config.v1.ExplainProtocol;
import io.signalbox.config.v1.ExplainQuery;
import io.signalbox.config.v1.ExplainSource;
import io.signalbox.config.v1.ExplainTlsHello;
import io.signalbox.config.v1.ExplainedBackend;
import io.signalbox.config.v1.Explanation;
import io.signalbox.config.v1.Label;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplainerTest {
    private static final RuleRef RULE = new RuleRef("VirtualService", "shop", "web", "", 2);

    private final Tables tables = new Tables();

    private static Explainer explainer(@Nullable PortTable table, NodeWorkloads workloads) {
        RoutingTable inForce = new RoutingTable(table == null ? Map.of() : Map.of(Tables.PORT, table), workloads);
        return new Explainer(() -> inForce, new Place("n1", "/a"), () -> "7");
    }

    private Explanation explain(ExplainQuery.Builder query) {
        return explainer(tables.build(), NodeWorkloads.EMPTY).explain(query.build(), null);
    }

    private static NodeWorkloads registryOnly() {
        CallerScope locked = new CallerScope("locked/s", "", Map.of(), false, OutboundPolicy.REGISTRY_ONLY);
        return new NodeWorkloads(Version.NONE, List.of(), List.of(locked), OutboundPolicy.ALLOW_ANY, "");
    }

    private static ExplainQuery.Builder query(ExplainProtocol protocol, String destination) {
        return ExplainQuery.newBuilder()
                .setSource(ExplainSource.newBuilder()
                        .setNamespace("shop")
                        .addLabels(Label.newBuilder().setKey("app").setValue("sleep")))
                .setAddress(ByteString.copyFrom(Snapshots.address(destination).getAddress()))
                .setPort(Tables.PORT)
                .setProtocol(protocol);
    }

    private static ExplainQuery.Builder get(String authority, String path, String... headers) {
        ExplainHttpRequest.Builder http = ExplainHttpRequest.newBuilder()
                .setMethod("GET")
                .setAuthority(authority)
                .setPath(path);
        for (int i = 0; i < headers.length; i += 2) {
            http.addHeaders(ExplainHeader.newBuilder().setName(headers[i]).setValue(headers[i + 1]));
        }
        return query(ExplainProtocol.EXPLAIN_PROTOCOL_HTTP, "10.0.0.1").setHttp(http);
    }

    private Route route(RouteAction action, @Nullable PathMatch path) {
        return new Route(
                RULE,
                path == null ? List.of() : List.of(Tables.path(path)),
                action,
                HeaderOperations.NONE,
                HeaderOperations.NONE,
                null,
                null);
    }

    private void host(Route... routes) {
        tables.host("web", null, Arrays.asList(routes), HostPattern.of("web"), Tables.own("short", "shop"));
    }

    private static WeightedBackend unknown(int weight) {
        return new WeightedBackend(
                null,
                weight,
                List.of(),
                "no service has the host gone.shop",
                new Destination("gone.shop", 80, "v9"),
                HeaderOperations.NONE,
                HeaderOperations.NONE);
    }

    // ---- connections ----------------------------------------------------------------------------------------------

    @Test
    void aPortThatIsNotConfiguredPassesThroughOrIsRefused() {
        Explanation open = explainer(null, NodeWorkloads.EMPTY)
                .explain(query(ExplainProtocol.EXPLAIN_PROTOCOL_TCP, "10.0.0.1").build(), null);
        assertThat(open.getOutcome()).isEqualTo("passthrough");
        assertThat(open.getFrontend().getMatch()).isEqualTo("unmatched");
        assertThat(open.getFrontend().hasService()).isFalse();
        assertThat(open.getPolicy().hasMtls()).isTrue();
        assertThat(open.getRevision()).isEqualTo("7");
        assertThat(open.getNode()).isEqualTo("n1");
        assertThat(open.getSnapshotVersion()).isEmpty();

        Explanation locked =
                explainer(null, registryOnly()).explain(get("web", "/").build(), null);
        assertThat(locked.getOutcome()).isEqualTo("reject");
        assertThat(locked.hasResponse()).isFalse();
        assertThat(locked.getStepsList()).anyMatch(step -> step.contains("REGISTRY_ONLY"));
    }

    @Test
    void anAddressTakesTheConnection() {
        tables.address("10.0.0.1/32", FrontendProtocol.TCP, null, tables.l4("db"));
        Explanation answer = explain(query(ExplainProtocol.EXPLAIN_PROTOCOL_TCP, "10.0.0.1"));
        assertThat(answer.getOutcome()).isEqualTo("route");
        assertThat(answer.getFrontend().getMatch()).isEqualTo("vip");
        assertThat(answer.getFrontend().getService()).isEqualTo("db");
        assertThat(answer.getFrontend().getPort()).isEqualTo(80);
        assertThat(answer.hasRule()).isFalse();
        assertThat(answer.getBackendsList())
                .containsExactly(ExplainedBackend.newBuilder()
                        .setHost("db")
                        .setPort(80)
                        .setWeight(100)
                        .build());
        assertThat(answer.getPolicy().getLoadBalancer()).isEqualTo("ROUND_ROBIN");
    }

    @Test
    void sniTakesATlsConnectionWhateverItsCase() {
        tables.sni("s", List.of(HostPattern.of("*.example")), tables.l4("wild"));
        Explanation found = explain(query(ExplainProtocol.EXPLAIN_PROTOCOL_TLS, "10.0.0.1")
                .setTls(ExplainTlsHello.newBuilder().setSni("A.Example")));
        assertThat(found.getFrontend().getMatch()).isEqualTo("sni");
        assertThat(found.getFrontend().getService()).isEqualTo("wild");

        Explanation other = explain(query(ExplainProtocol.EXPLAIN_PROTOCOL_TLS, "10.0.0.1")
                .setTls(ExplainTlsHello.newBuilder().setSni("example")));
        assertThat(other.getOutcome()).isEqualTo("passthrough");
        assertThat(other.getStepsList()).anyMatch(step -> step.contains("claims the SNI 'example'"));
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    @Test
    void aHostLeadsToItsDefaultRoute() {
        tables.host("web", HostPattern.of("web.shop"), Tables.own("web", "shop"));
        Explanation answer = explain(get("Web:80", "/a?b=c"));
        assertThat(answer.getOutcome()).isEqualTo("route");
        assertThat(answer.getFrontend().getMatch()).isEqualTo("host");
        assertThat(answer.getRequest().getPath()).isEqualTo("/a?b=c");
        assertThat(answer.getRequest().getAuthority()).isEqualTo("Web:80");
        assertThat(answer.getStepsList())
                .contains("Host 'Web:80' means web by its name 'web' for callers in namespace shop.");
        assertThat(answer.getResponse().getFlag()).isEqualTo("UH");
        assertThat(answer.getResponse().getStatus()).isEqualTo(503);
    }

    @Test
    void anUnknownHostSaysWhoKnowsIt() {
        tables.host("other", Tables.own("other", "billing"), HostPattern.of("other.billing"));
        Explanation answer = explain(get("other", "/"));
        assertThat(answer.getOutcome()).isEqualTo("passthrough");
        assertThat(answer.getStepsList()).anyMatch(step -> step.contains("callers in namespace billing"));

        Explanation locked = explainer(tables.build(), registryOnly())
                .explain(get("nobody", "/").build(), null);
        assertThat(locked.getOutcome()).isEqualTo("reject");
        assertThat(locked.getResponse().getStatus()).isEqualTo(502);
    }

    @Test
    void nearMissesSayWhyTheyMissed() {
        Route beta = new Route(
                new RuleRef("VirtualService", "shop", "web", "beta", 0),
                List.of(Tables.headers(new NamedMatch("x-user", new StringMatch.Prefix("b")))),
                RouteAction.Forward.to(tables.to("beta", 1)),
                HeaderOperations.NONE,
                HeaderOperations.NONE,
                null,
                null);
        host(beta, route(RouteAction.Forward.to(tables.to("web", 1)), new PathMatch.Prefix("/api", false)));

        Explanation routed = explain(get("short", "/api/x", "X-User", "alice"));
        assertThat(routed.getRule().getName()).isEqualTo("web");
        assertThat(routed.getRule().getRoute().getNumberValue()).isEqualTo(2);
        assertThat(routed.getStepsList())
                .contains("Route 'beta' of VirtualService shop/web does not match: it wants header x-user to begin with"
                        + " 'b'; the request has 'alice'.")
                .contains("Route 2 of VirtualService shop/web matches: the path begins with '/api'.");

        Explanation none = explain(get("short", "/other"));
        assertThat(none.getOutcome()).isEqualTo("reject");
        assertThat(none.hasRule()).isFalse();
        assertThat(none.getResponse().getStatus()).isEqualTo(404);
        assertThat(none.getResponse().getFlag()).isEqualTo("NR");
        assertThat(none.getStepsList())
                .anyMatch(step -> step.contains("wants the path to begin with '/api'; it is '/other'"));
    }

    @Test
    void aRouteWhoseDestinationsAreAllUnknownRejects() {
        host(route(RouteAction.Forward.to(unknown(1)), null));
        Explanation answer = explain(get("web", "/"));
        assertThat(answer.getOutcome()).isEqualTo("reject");
        assertThat(answer.getRule().getName()).isEqualTo("web");
        assertThat(answer.getResponse().getStatus()).isEqualTo(503);
        assertThat(answer.getResponse().getFlag()).isEqualTo("NC");
        assertThat(answer.getStepsList()).anyMatch(step -> step.contains("no service has the host gone.shop"));
    }

    @Test
    void weightsAreSharesInPercent() {
        host(route(RouteAction.Forward.to(tables.to("a", 1), tables.to("zero", 0), unknown(3)), null));
        Explanation answer = explain(get("web", "/"));
        assertThat(answer.getOutcome()).isEqualTo("route");
        assertThat(answer.getBackendsList())
                .extracting(ExplainedBackend::getWeight)
                .containsExactly(25.0, 75.0);
        assertThat(answer.getBackends(1).getHost()).isEqualTo("gone.shop");
        assertThat(answer.getBackends(1).getSubset()).isEqualTo("v9");
        assertThat(answer.getBackends(1).getUnknownReason()).contains("gone.shop");
    }

    @Test
    void rewritesAndHeadersAreWhatTheBackendSees() {
        WeightedBackend to = new WeightedBackend(
                tables.to("web", 1).backend(),
                1,
                List.of(),
                "",
                null,
                new HeaderOperations(List.of(), List.of(new Header("x-pool", "green")), List.of("x-debug")),
                new HeaderOperations(List.of(), List.of(), List.of("server")));
        RouteAction forward = new RouteAction.Forward(
                List.of(to),
                new Rewrite(new Rewrite.PathRewrite.Prefix("/v2"), "other.example"),
                1500,
                null,
                List.of());
        Route route = new Route(
                RULE,
                List.of(Tables.path(new PathMatch.Prefix("/api", false))),
                forward,
                new HeaderOperations(List.of(new Header("x-shop", "retail")), List.of(), List.of()),
                HeaderOperations.NONE,
                new Fault(2000, 100_000, 0, null, 0),
                null);
        host(route);

        Explanation answer = explain(get("web", "/api/items?x=1"));
        assertThat(answer.getRequest().getPath()).isEqualTo("/v2/items?x=1");
        assertThat(answer.getRequest().getAuthority()).isEqualTo("other.example");
        assertThat(answer.getRequest().getHeadersMap()).isEqualTo(Map.of("x-pool", "green", "x-shop", "retail"));
        assertThat(answer.getRequest().getHeadersRemovedList()).containsExactly("x-debug");
        assertThat(answer.getResponseHeadersRemovedList()).containsExactly("server");
        assertThat(answer.getPolicy().getTimeout()).isEqualTo(Durations.fromMillis(1500));
        assertThat(answer.getPolicy().getRetries().hasAttempts()).isTrue();
        assertThat(answer.getPolicy().getRetries().getAttempts()).isZero();
        assertThat(answer.getPolicy().getFault().getDelayPercent()).isEqualTo(10.0);
    }

    @Test
    void redirectsAndDirectResponsesAreAnswered() {
        host(
                route(
                        new RouteAction.Redirect(
                                301, new RouteAction.RedirectPath.Full("/new"), null, "https", 0, false),
                        new PathMatch.Exact("/old", false)),
                route(new RouteAction.DirectResponse(418, "short and stout".getBytes(StandardCharsets.UTF_8)), null));
        Explanation redirect = explain(get("web:80", "/old?from=mail"));
        assertThat(redirect.getOutcome()).isEqualTo("redirect");
        assertThat(redirect.getResponse().getLocation()).isEqualTo("https://web/new?from=mail");
        assertThat(redirect.getResponse().getStatus()).isEqualTo(301);

        Explanation direct = explain(get("web", "/teapot"));
        assertThat(direct.getOutcome()).isEqualTo("direct_response");
        assertThat(direct.getResponse().getBody()).isEqualTo("short and stout");
    }

    @Test
    void preflightsAreAnsweredBeforeAnythingElse() {
        CorsPolicy cors = new CorsPolicy(List.of(new StringMatch.Exact("https://ok")), "GET", "", "", 60, true, true);
        host(new Route(
                RULE,
                List.of(),
                RouteAction.Forward.to(tables.to("web", 1)),
                HeaderOperations.NONE,
                HeaderOperations.NONE,
                null,
                cors));
        ExplainQuery.Builder preflight =
                get("web", "/", "origin", "https://ok", "access-control-request-method", "PUT");
        preflight.getHttpBuilder().setMethod("OPTIONS");
        Explanation answer = explain(preflight);
        assertThat(answer.getOutcome()).isEqualTo("direct_response");
        assertThat(answer.getResponseHeadersMap())
                .containsEntry("access-control-allow-origin", "https://ok")
                .containsEntry("access-control-max-age", "60");
        assertThat(explain(get("web", "/", "origin", "https://ok")).getOutcome())
                .isEqualTo("route");
    }

    @Test
    void aGrpcCallerGetsAGrpcStatus() {
        host();
        ExplainQuery.Builder call = get("web", "/shop.Catalog/List").setProtocol(ExplainProtocol.EXPLAIN_PROTOCOL_GRPC);
        tables.host(
                "rules",
                null,
                List.of(tables.route("r", Tables.path(new PathMatch.Exact("/x", false)))),
                HostPattern.of("r"));
        call.getHttpBuilder().setAuthority("r");
        Explanation answer = explain(call);
        assertThat(answer.getResponse().getStatus()).isEqualTo(200);
        assertThat(answer.getResponse().getGrpcStatus()).isEqualTo(12);
        assertThat(answer.getResponse().getFlag()).isEqualTo("NR");
    }

    // ---- what-if, and questions that make no sense ----------------------------------------------------------------

    @Test
    void aWhatIfTableDecidesBesideTheOneInForce() {
        tables.host("web", HostPattern.of("web"));
        Explainer explainer = explainer(tables.build(), NodeWorkloads.EMPTY);
        WhatIfSnapshot without = new WhatIfSnapshot(new Tables().snapshot("other"), registryOnly());
        ExplainQuery query = get("web", "/").build();

        assertThat(explainer.explain(query, without).getOutcome()).isEqualTo("reject");
        assertThat(explainer.explain(query, without).getSnapshotVersion()).isEqualTo("other");
        assertThat(explainer.explain(query, new WhatIfSnapshot(null, null)).getOutcome())
                .isEqualTo("passthrough");
        assertThat(explainer.explain(query, null).getOutcome()).isEqualTo("route");
    }

    @Test
    void aQuestionThatNobodyCouldAskIsRefused() {
        assertRefused(get("web", "/").setPort(70_000), "port: 70000 (expected: 1 to 65535)");
        assertRefused(get("web", "/").setAddress(ByteString.EMPTY), "address: 0 bytes (expected: 4 or 16)");
        assertRefused(get("web", "/").clearProtocol(), "protocol: EXPLAIN_PROTOCOL_UNSPECIFIED");
        assertRefused(get("web", "no-slash"), "http.path: 'no-slash'");
    }

    private void assertRefused(ExplainQuery.Builder query, String reason) {
        assertThatThrownBy(() -> explain(query))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(reason);
    }

    @Test
    void endpointsAreThoseThatTheCallerMayBeSentTo() {
        tables.address("10.0.0.1/32", FrontendProtocol.TCP, null, tables.l4("db"));
        PortTable table = tables.with(Snapshots.backend("db", "db", 80, LoadBalancer.RANDOM, Snapshots.local(1, 2)))
                .build();
        Explanation answer = explainer(table, NodeWorkloads.EMPTY)
                .explain(query(ExplainProtocol.EXPLAIN_PROTOCOL_TCP, "10.0.0.1").build(), null);
        assertThat(answer.getBackends(0).getEndpointsList()).containsExactly("127.0.0.1:1", "127.0.0.1:2");
    }
}
