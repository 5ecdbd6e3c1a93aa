package io.signalbox.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Audience;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.Cidr;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.agent.testkit.Snapshots;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {
    private static final String BACKEND = "any:80";

    private static VirtualHost virtualHost(String service, HostPattern... patterns) {
        return new VirtualHost(
                service,
                service,
                List.of(patterns),
                List.of(Route.of(null, RouteAction.Forward.to(WeightedBackend.of(BACKEND, 1)))),
                List.of(),
                null);
    }

    private static HostPattern all(String pattern) {
        return HostPattern.of(pattern);
    }

    private static AddressFrontend frontend(
            String address, int prefix, String service, FrontendProtocol protocol, @Nullable String virtualHost) {
        return new AddressFrontend(
                new Cidr(Snapshots.address(address), prefix),
                Audience.EVERYONE,
                service,
                protocol,
                virtualHost,
                List.of(Snapshots.l4Route(service, BACKEND)),
                false);
    }

    private static PortTable table(List<AddressFrontend> frontends, VirtualHost... virtualHosts) {
        Map<String, VirtualHost> byName = new HashMap<>();
        Arrays.stream(virtualHosts).forEach(host -> byName.put(host.name(), host));
        PortSnapshot snapshot = new PortSnapshot(
                80,
                new Version("v"),
                frontends,
                List.of(),
                byName,
                Map.of(BACKEND, Snapshots.backend(BACKEND, "any", 80, LoadBalancer.ROUND_ROBIN, List.of())));
        return PortTableBuilder.build(snapshot, PortTableBuilder.prepareBackends(snapshot, Map.of(), 1));
    }

    private static @Nullable String service(PortTable table, String destination, String host, String callerNamespace) {
        byte[] bytes = ("<" + host + ">").getBytes(StandardCharsets.ISO_8859_1);
        PreparedVirtualHost found =
                Router.request(table, Snapshots.address(destination), bytes, 1, bytes.length - 1, callerNamespace);
        return found == null ? null : found.service();
    }

    private static final PortTable HOSTS = table(
            List.of(),
            virtualHost(
                    "catalog",
                    all("catalog.shop.svc.cluster.local"),
                    all("catalog.shop.svc.cluster.local."),
                    all("catalog.shop"),
                    all("10.0.0.1"),
                    all("[fd00::1]"),
                    new HostPattern("catalog", new Audience("shop", ""))),
            virtualHost("other-catalog", new HostPattern("catalog", new Audience("billing", ""))),
            virtualHost("wide", all("*.example.org")),
            virtualHost("narrow", all("*.eu.example.org")),
            virtualHost("one", all("one.example.org")),
            virtualHost("own-wildcard", new HostPattern("*.example.org", new Audience("shop", ""))));

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
        assertThat(service(HOSTS, "10.9.9.9", host, callerNamespace)).isEqualTo(expected);
    }

    @Test
    void aDetectedFrontendAnswersHttpForEveryHost() {
        PortTable table = table(
                List.of(frontend("10.0.0.7", 32, "detected", FrontendProtocol.DETECT, "detected")),
                virtualHost("detected", all("detected.shop")),
                virtualHost("named", all("named.shop")));
        assertThat(service(table, "10.0.0.7", "named.shop", "")).isEqualTo("detected");
        assertThat(service(table, "10.0.0.8", "named.shop", "")).isEqualTo("named");
        assertThat(service(table, "10.0.0.8", "detected.shop", "")).isEqualTo("detected");
    }

    @Test
    void decidesOnConnectionsByAddress() {
        PortTable table = table(
                List.of(
                        frontend("10.1.0.0", 16, "wide", FrontendProtocol.TCP, null),
                        frontend("10.1.2.0", 23, "narrow", FrontendProtocol.TLS, null),
                        frontend("10.1.2.3", 32, "exact", FrontendProtocol.DETECT, null),
                        frontend("fd00::", 17, "six", FrontendProtocol.TCP, null)),
                virtualHost("http", all("http")));
        assertThat(decision(table, "10.1.2.3"))
                .isInstanceOfSatisfying(
                        ConnectionDecision.DetectAtAddress.class,
                        d -> assertThat(d.frontend().service()).isEqualTo("exact"));
        assertThat(decision(table, "10.1.3.255"))
                .isInstanceOfSatisfying(
                        ConnectionDecision.Forward.class,
                        d -> assertThat(d.frontend().service()).isEqualTo("narrow"));
        assertThat(decision(table, "10.1.4.0"))
                .isInstanceOfSatisfying(
                        ConnectionDecision.Forward.class,
                        d -> assertThat(d.frontend().service()).isEqualTo("wide"));
        assertThat(decision(table, "fd00:7fff::1")).isInstanceOf(ConnectionDecision.Forward.class);
        assertThat(decision(table, "fd00:8000::1")).isInstanceOf(ConnectionDecision.DetectByHost.class);
        assertThat(decision(table, "10.2.0.1")).isInstanceOf(ConnectionDecision.DetectByHost.class);
    }

    private static ConnectionDecision decision(@Nullable PortTable table, String destination) {
        return Router.connection(table, Snapshots.address(destination));
    }

    @Test
    void passesThroughWhereNothingIsConfigured() {
        assertThat(decision(null, "10.0.0.1")).isInstanceOf(ConnectionDecision.Passthrough.class);
        assertThat(decision(table(List.of(frontend("10.0.0.1", 32, "tcp", FrontendProtocol.TCP, null))), "10.0.0.2"))
                .isInstanceOf(ConnectionDecision.Passthrough.class);
    }

    @Test
    void findsEachOfManyHosts() {
        VirtualHost[] hosts = IntStream.range(0, 5000)
                .mapToObj(i -> virtualHost("s" + i, all("service-" + i + ".namespace-" + i % 70)))
                .toArray(VirtualHost[]::new);
        PortTable table = table(List.of(), hosts);
        for (int i = 0; i < hosts.length; i++) {
            assertThat(service(table, "10.0.0.1", "SERVICE-" + i + ".namespace-" + i % 70 + ":80", ""))
                    .isEqualTo("s" + i);
        }
        assertThat(service(table, "10.0.0.1", "service-5000.namespace-0", "")).isNull();
    }

    @Test
    void drawsBackendsByWeight() {
        List<PreparedBackend> backends = IntStream.range(0, 3)
                .mapToObj(i -> new PreparedBackend(
                        "b" + i, 1, Snapshots.backend("b" + i, "h", 80, LoadBalancer.ROUND_ROBIN, List.of())))
                .toList();
        PreparedRoute route = new PreparedRoute(null, backends, List.of(10, 0, 30));
        Random random = new Random(3);
        Map<String, Integer> drawn = new HashMap<>();
        for (int i = 0; i < 40_000; i++) {
            drawn.merge(route.backend(random).key(), 1, Integer::sum);
        }
        assertThat(drawn).containsOnlyKeys("b0", "b2");
        assertThat(drawn.get("b0")).isBetween(9_500, 10_500);
        assertThat(new PreparedRoute(null, backends.subList(0, 1), List.of(0))
                        .backend(random)
                        .key())
                .isEqualTo("b0");
    }

    @Test
    void keepsPreparedBackendsThatHaveNotChanged() {
        Backend same = Snapshots.backend("same", "h", 80, LoadBalancer.ROUND_ROBIN, Snapshots.local(1));
        Backend before = Snapshots.backend("moves", "h", 80, LoadBalancer.ROUND_ROBIN, Snapshots.local(1));
        Backend after = Snapshots.backend("moves", "h", 80, LoadBalancer.ROUND_ROBIN, Snapshots.local(2));
        Map<String, PreparedBackend> first = PortTableBuilder.prepareBackends(
                new PortSnapshot(
                        80, new Version("1"), List.of(), List.of(), Map.of(), Map.of("same", same, "moves", before)),
                Map.of(),
                1);
        Map<String, PreparedBackend> second = PortTableBuilder.prepareBackends(
                new PortSnapshot(
                        80, new Version("2"), List.of(), List.of(), Map.of(), Map.of("same", same, "moves", after)),
                first,
                2);
        assertThat(second.get("same")).isSameAs(first.get("same"));
        assertThat(second.get("moves")).isEqualTo(new PreparedBackend("80/moves", 2, after));
    }
}
