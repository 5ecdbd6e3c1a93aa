package io.signalbox.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.Audience;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.OutboundPolicy;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.Tables;
import io.signalbox.agent.testkit.TestRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {
    private static final Caller ANYONE = Tables.anyone();

    private static Router router(@Nullable PortTable table, String destination, Caller caller) {
        return Router.of(table, Snapshots.address(destination), caller);
    }

    private static @Nullable String service(PortTable table, String destination, String host, Caller caller) {
        PreparedVirtualHost found = router(table, destination, caller).virtualHost(host);
        return found == null ? null : found.service();
    }

    private static Caller in(String namespace) {
        return Tables.caller(namespace, Map.of());
    }

    private static Caller scoped(String namespace, String scope) {
        return new Caller(namespace, Map.of(), scope, OutboundPolicy.ALLOW_ANY);
    }

    private static Caller registryOnly() {
        return new Caller("", Map.of(), "", OutboundPolicy.REGISTRY_ONLY);
    }

    // ---- Host values ----------------------------------------------------------------------------------------------

    private static final PortTable HOSTS = new Tables()
            .host(
                    "catalog",
                    HostPattern.of("catalog.shop.svc.cluster.local"),
                    HostPattern.of("catalog.shop.svc.cluster.local."),
                    HostPattern.of("catalog.shop"),
                    HostPattern.of("10.0.0.1"),
                    HostPattern.of("[fd00::1]"),
                    Tables.own("catalog", "shop"))
            .host("other-catalog", Tables.own("catalog", "billing"))
            .host("wide", HostPattern.of("*.example.org"))
            .host("narrow", HostPattern.of("*.eu.example.org"))
            .host("one", HostPattern.of("one.example.org"))
            .host("own-wildcard", Tables.own("*.example.org", "shop"))
            .build();

    @ParameterizedTest(name = "{0} from <{1}> is {2}")
    @CsvSource(nullValues = "unmatched", textBlock = """
                    catalog.shop.svc.cluster.local,  '',      catalog
                    catalog.shop.svc.cluster.local., '',      catalog
                    Catalog.SHOP,                    '',      catalog
                    catalog.shop:9999,               '',      catalog
                    catalog.shop:,                   '',      catalog
                    catalog,                         shop,    catalog
                    catalog,                         billing, other-catalog
                    catalog,                         '',      unmatched
                    catalog,                         other,   unmatched
                    catalog.,                        shop,    unmatched
                    10.0.0.1:80,                     '',      catalog
                    [fd00::1],                       '',      catalog
                    [FD00::1]:80,                    '',      catalog
                    [fd00::1,                        '',      unmatched
                    one.example.org,                 '',      one
                    one.example.org,                 shop,    one
                    two.example.org,                 '',      wide
                    two.example.org,                 shop,    own-wildcard
                    a.b.example.org,                 '',      wide
                    a.eu.example.org,                '',      narrow
                    a.eu.example.org,                shop,    narrow
                    eu.example.org,                  '',      wide
                    example.org,                     '',      unmatched
                    .example.org,                    '',      unmatched
                    '',                              '',      unmatched
                    """)
    void findsTheServiceOfAHostValue(String host, String callerNamespace, @Nullable String expected) {
        assertThat(service(HOSTS, "10.9.9.9", host, in(callerNamespace))).isEqualTo(expected);
    }

    @Test
    void theStarTakesWhatNobodyElseClaims() {
        PortTable table = new Tables()
                .host("all", HostPattern.of("*"))
                .host("wild", HostPattern.of("*.example.org"))
                .host("own", Tables.own("*", "shop"))
                .build();
        assertThat(service(table, "10.0.0.1", "x", ANYONE)).isEqualTo("all");
        assertThat(service(table, "10.0.0.1", "x", in("shop"))).isEqualTo("own");
        assertThat(service(table, "10.0.0.1", "a.example.org", in("shop"))).isEqualTo("wild");
        assertThat(service(table, "10.0.0.1", "", ANYONE)).isNull();
    }

    @Test
    void aCallerInARestrictingScopeSeesOnlyWhatBearsTheScope() {
        PortTable table = new Tables()
                .host("general", HostPattern.of("a"), HostPattern.of("b"), HostPattern.of("c"))
                .host("scoped", new HostPattern("a", new Audience("", "s")))
                .host(
                        "particular",
                        new HostPattern("a", new Audience("shop", "s")),
                        new HostPattern("b", new Audience("shop", "s")))
                .build();
        assertThat(service(table, "10.0.0.1", "a", in("shop"))).isEqualTo("general");
        assertThat(service(table, "10.0.0.1", "a", scoped("shop", "s"))).isEqualTo("particular");
        assertThat(service(table, "10.0.0.1", "a", scoped("other", "s"))).isEqualTo("scoped");
        assertThat(service(table, "10.0.0.1", "b", scoped("other", "s"))).isNull();
        assertThat(service(table, "10.0.0.1", "c", scoped("shop", "s"))).isNull();
        assertThat(service(table, "10.0.0.1", "a", scoped("shop", "unknown"))).isNull();
    }

    @Test
    void aDetectedFrontendAnswersHttpForEveryHost() {
        PortTable table = new Tables()
                .address("10.0.0.7/32", FrontendProtocol.DETECT, "detected")
                .host("detected", HostPattern.of("detected.shop"))
                .host("named", HostPattern.of("named.shop"))
                .build();
        assertThat(service(table, "10.0.0.7", "named.shop", ANYONE)).isEqualTo("detected");
        assertThat(service(table, "10.0.0.8", "named.shop", ANYONE)).isEqualTo("named");
        assertThat(service(table, "10.0.0.8", "detected.shop", ANYONE)).isEqualTo("detected");
    }

    @Test
    void anotherVirtualHostStandsInWhereNoRouteCanApplyToTheCaller() {
        Tables tables = new Tables();
        PortTable table = tables.host(
                        "labelled",
                        "second",
                        List.of(
                                tables.route("a", Tables.match(null, Map.of("app", "a"))),
                                tables.route("b", Tables.match(null, Map.of("app", "b", "v", "1")))),
                        HostPattern.of("h"))
                .host("second", "third", List.of(tables.route("c", Tables.match(null, Map.of("app", "c")))))
                .host("third")
                .host(
                        "alone",
                        null,
                        List.of(tables.route("d", Tables.match(null, Map.of("app", "d")))),
                        HostPattern.of("alone"))
                .build();
        assertThat(service(table, "10.0.0.1", "h", Tables.caller("", Map.of("app", "a", "x", "y"))))
                .isEqualTo("labelled");
        assertThat(service(table, "10.0.0.1", "h", Tables.caller("", Map.of("app", "b"))))
                .isEqualTo("third");
        assertThat(service(table, "10.0.0.1", "h", Tables.caller("", Map.of("app", "c"))))
                .isEqualTo("second");
        assertThat(service(table, "10.0.0.1", "alone", ANYONE)).isNull();
    }

    @Test
    void findsEachOfManyHosts() {
        Tables tables = new Tables();
        for (int i = 0; i < 5000; i++) {
            tables.host("s" + i, HostPattern.of("service-" + i + ".namespace-" + i % 70));
        }
        PortTable table = tables.build();
        for (int i = 0; i < 5000; i++) {
            assertThat(service(table, "10.0.0.1", "SERVICE-" + i + ".namespace-" + i % 70 + ":80", ANYONE))
                    .isEqualTo("s" + i);
        }
        assertThat(service(table, "10.0.0.1", "service-5000.namespace-0", ANYONE))
                .isNull();
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    @Test
    void saysWhatBecomesOfARequest() {
        Tables tables = new Tables();
        PortTable table = tables.host("web", HostPattern.of("web"))
                .host(
                        "never",
                        null,
                        List.of(tables.route(
                                "r", Tables.headers(new io.signalbox.agent.model.NamedMatch("x", Tables.text("=1"))))),
                        HostPattern.of("never"))
                .build();
        assertThat(kind(table, ANYONE, "web")).isEqualTo(RequestDecision.Kind.FORWARD);
        assertThat(kind(table, ANYONE, "never")).isEqualTo(RequestDecision.Kind.NO_ROUTE);
        assertThat(kind(table, ANYONE, "unknown")).isEqualTo(RequestDecision.Kind.PASSTHROUGH);
        assertThat(kind(table, registryOnly(), "unknown")).isEqualTo(RequestDecision.Kind.REFUSED);
        assertThat(kind(null, ANYONE, "web")).isEqualTo(RequestDecision.Kind.PASSTHROUGH);
    }

    private static RequestDecision.Kind kind(@Nullable PortTable table, Caller caller, String host) {
        return router(table, "10.0.0.1", caller)
                .request(TestRequest.get(host, "/"))
                .kind();
    }

    // ---- connections ----------------------------------------------------------------------------------------------

    private static String connection(PortTable table, String destination, Caller caller) {
        return text(router(table, destination, caller).connection());
    }

    private static String tls(PortTable table, String destination, @Nullable String sni, Caller caller) {
        return text(router(table, destination, caller).tls(sni));
    }

    private static String text(ConnectionDecision decision) {
        return switch (decision) {
            case ConnectionDecision.Forward(FrontendMatch match, PreparedL4Route route) ->
                match + " " + route.route().service();
            case ConnectionDecision.Inspect inspect -> "inspect";
            case ConnectionDecision.Passthrough passthrough -> "passthrough";
            case ConnectionDecision.Refuse refuse -> "refuse";
        };
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(textBlock = """
            10.1.2.3,       inspect
            10.1.3.255,     VIP narrow
            10.1.4.0,       VIP wide
            fd00:7fff::1,   VIP six
            fd00:8000::1,   inspect
            10.2.0.1,       inspect
            """)
    void decidesOnConnectionsByAddress(String destination, String expected) {
        Tables tables = new Tables();
        PortTable table = tables.address("10.1.0.0/16", FrontendProtocol.TCP, null, tables.l4("wide"))
                .address("10.1.2.0/23", FrontendProtocol.TLS, null, tables.l4("narrow"))
                .address("10.1.2.3/32", FrontendProtocol.DETECT, "http", tables.l4("exact"))
                .address("fd00::/17", FrontendProtocol.TCP, null, tables.l4("six"))
                .host("http", HostPattern.of("http"))
                .build();
        assertThat(connection(table, destination, ANYONE)).isEqualTo(expected);
    }

    @Test
    void passesThroughOrRefusesWhereNothingIsConfigured() {
        Tables tables = new Tables();
        PortTable table = tables.address("10.0.0.1/32", FrontendProtocol.TCP, null, tables.l4("tcp"))
                .build();
        assertThat(text(router(null, "10.0.0.1", ANYONE).connection())).isEqualTo("passthrough");
        assertThat(text(router(null, "10.0.0.1", registryOnly()).connection())).isEqualTo("refuse");
        assertThat(connection(table, "10.0.0.2", ANYONE)).isEqualTo("passthrough");
        assertThat(connection(table, "10.0.0.2", registryOnly())).isEqualTo("refuse");
        assertThat(connection(table, "10.0.0.1", registryOnly())).isEqualTo("VIP tcp");
    }

    @Test
    void aParticularAudienceHidesTheGeneralOneForTheSameAddressOnly() {
        Tables tables = new Tables();
        Audience shop = new Audience("shop", "");
        PortTable table = tables.address("10.0.0.1/32", FrontendProtocol.TCP, null, tables.l4("all"))
                .address("10.0.0.1/32", shop, FrontendProtocol.TCP, null, tables.l4("own"))
                .address("10.1.0.0/16", FrontendProtocol.TCP, null, tables.l4("narrow"))
                .address("10.0.0.0/8", shop, FrontendProtocol.TCP, null, tables.l4("own-wide"))
                .build();
        assertThat(connection(table, "10.0.0.1", in("shop"))).isEqualTo("VIP own");
        assertThat(connection(table, "10.0.0.1", in("other"))).isEqualTo("VIP all");
        assertThat(connection(table, "10.1.0.1", in("shop"))).isEqualTo("VIP narrow");
        assertThat(connection(table, "10.2.0.1", in("shop"))).isEqualTo("VIP own-wide");
        assertThat(connection(table, "10.2.0.1", in("other"))).isEqualTo("passthrough");
    }

    @Test
    void theFirstRouteThatFitsTakesAConnection() {
        Tables tables = new Tables();
        L4Route unmatched = new L4Route(null, "gone", "", null, Map.of("app", "tls"), List.of());
        PortTable table = tables.address(
                        "10.0.0.0/8",
                        FrontendProtocol.TCP,
                        null,
                        tables.l4("subnet", "", "10.1.0.0/16", Map.of()),
                        tables.l4("labels", "", null, Map.of("app", "a")),
                        unmatched,
                        tables.l4("default"))
                .build();
        assertThat(connection(table, "10.1.0.1", Tables.caller("", Map.of("app", "a"))))
                .isEqualTo("VIP subnet");
        assertThat(connection(table, "10.2.0.1", Tables.caller("", Map.of("app", "a"))))
                .isEqualTo("VIP labels");
        assertThat(connection(table, "10.2.0.1", ANYONE)).isEqualTo("VIP default");
        assertThat(connection(table, "10.2.0.1", Tables.caller("", Map.of("app", "tls"))))
                .isEqualTo("passthrough");
    }

    @Test
    void tlsIsInspectedOnlyWhereARouteThatFitsDependsOnSni() {
        Tables tables = new Tables();
        PortTable table = tables.address("10.0.0.1/32", FrontendProtocol.TLS, null, tables.l4("plain"))
                .address(
                        "10.0.0.2/32",
                        FrontendProtocol.TLS,
                        null,
                        tables.l4("exact", "a.example", null, Map.of()),
                        tables.l4("wild", "*.example", null, Map.of()))
                .address(
                        "10.0.0.3/32",
                        FrontendProtocol.TLS,
                        null,
                        tables.l4("labelled", "a.example", null, Map.of("app", "a")),
                        tables.l4("default"))
                .build();
        assertThat(connection(table, "10.0.0.1", ANYONE)).isEqualTo("VIP plain");
        assertThat(connection(table, "10.0.0.2", ANYONE)).isEqualTo("inspect");
        assertThat(tls(table, "10.0.0.2", "a.example", ANYONE)).isEqualTo("VIP exact");
        assertThat(tls(table, "10.0.0.2", "b.c.example", ANYONE)).isEqualTo("VIP wild");
        assertThat(tls(table, "10.0.0.2", "example", ANYONE)).isEqualTo("passthrough");
        assertThat(tls(table, "10.0.0.2", null, ANYONE)).isEqualTo("passthrough");
        assertThat(connection(table, "10.0.0.3", ANYONE)).isEqualTo("VIP default");
        assertThat(connection(table, "10.0.0.3", Tables.caller("", Map.of("app", "a"))))
                .isEqualTo("inspect");
    }

    @Test
    void sniDecidesWhereNoAddressDoes() {
        Tables tables = new Tables();
        PortTable table = tables.address("10.0.0.1/32", FrontendProtocol.TCP, null, tables.l4("address"))
                .sni("one", List.of(HostPattern.of("one.example")), tables.l4("one"))
                .sni("wild", List.of(HostPattern.of("*.example")), tables.l4("wild"))
                .sni(
                        "other",
                        List.of(HostPattern.of("other.example")),
                        tables.l4("other", "", null, Map.of("app", "a")))
                .build();
        assertThat(connection(table, "10.0.0.1", ANYONE)).isEqualTo("VIP address");
        assertThat(connection(table, "10.0.0.9", ANYONE)).isEqualTo("inspect");
        assertThat(tls(table, "10.0.0.9", "one.example", ANYONE)).isEqualTo("SNI one");
        assertThat(tls(table, "10.0.0.9", "two.example", ANYONE)).isEqualTo("SNI wild");
        assertThat(tls(table, "10.0.0.9", "other.example", ANYONE)).isEqualTo("passthrough");
        assertThat(tls(table, "10.0.0.9", "elsewhere", ANYONE)).isEqualTo("passthrough");
        assertThat(tls(table, "10.0.0.9", null, registryOnly())).isEqualTo("refuse");
        assertThat(tls(table, "10.0.0.1", "one.example", ANYONE)).isEqualTo("VIP address");
    }

    @Test
    void everyAddressOfThePortCountsLast() {
        Tables tables = new Tables();
        PortTable table = tables.address("0.0.0.0/0", FrontendProtocol.TCP, null, tables.l4("any"))
                .address("10.0.0.1/32", FrontendProtocol.TCP, null, tables.l4("exact"))
                .sni("sni", List.of(HostPattern.of("one.example")), tables.l4("sni"))
                .host("web", HostPattern.of("web"))
                .build();
        Router router = router(table, "10.0.0.9", ANYONE);
        assertThat(text(router.connection())).isEqualTo("inspect");
        assertThat(text(router.opaque())).isEqualTo("PORT any");
        assertThat(text(router.tls("one.example"))).isEqualTo("SNI sni");
        assertThat(text(router.tls("two.example"))).isEqualTo("PORT any");
        assertThat(router.takesHttp()).isTrue();
        assertThat(router.request(TestRequest.get("unknown", "/")).kind()).isEqualTo(RequestDecision.Kind.PASSTHROUGH);
        assertThat(connection(table, "10.0.0.1", ANYONE)).isEqualTo("VIP exact");
        assertThat(connection(table, "fd00::1", ANYONE)).isEqualTo("inspect");

        Tables alone = new Tables();
        PortTable opaque = alone.address("0.0.0.0/0", FrontendProtocol.TCP, null, alone.l4("any"))
                .build();
        assertThat(connection(opaque, "10.0.0.9", ANYONE)).isEqualTo("PORT any");
        assertThat(router(opaque, "10.0.0.9", ANYONE).takesHttp()).isFalse();
    }
}
