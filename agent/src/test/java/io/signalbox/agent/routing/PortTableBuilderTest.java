package io.signalbox.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.testkit.Snapshots;
import io.signalbox.agent.testkit.Tables;
import io.signalbox.agent.testkit.TestRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PortTableBuilderTest {
    private static Backend backend(String name, int... ports) {
        return Snapshots.backend(name, name, 80, LoadBalancer.ROUND_ROBIN, Snapshots.local(ports));
    }

    private static PortSnapshot with(PortSnapshot base, Map<String, VirtualHost> hosts, Map<String, Backend> backends) {
        return new PortSnapshot(
                base.port(), base.version(), base.addressFrontends(), base.sniFrontends(), hosts, backends);
    }

    private static PreparedBackend target(PortTable table, String host) {
        Router router = Router.of(table, Snapshots.address("10.0.0.1"), Tables.anyone());
        RequestDecision decision = router.request(TestRequest.get(host, "/"));
        PreparedTarget target =
                Objects.requireNonNull(decision.match()).route().targets().all().get(0);
        return Objects.requireNonNull(router.backend(target));
    }

    @Test
    void keepsPreparedBackendsThatHaveNotChanged() {
        Map<String, PreparedBackend> first = PortTableBuilder.prepareBackends(
                with(
                        new Tables().snapshot("1"),
                        Map.of(),
                        Map.of("same", backend("same", 1), "moves", backend("moves", 1))),
                Map.of(),
                1);
        Backend after = backend("moves", 2);
        Map<String, PreparedBackend> second = PortTableBuilder.prepareBackends(
                with(new Tables().snapshot("2"), Map.of(), Map.of("same", backend("same", 1), "moves", after)),
                first,
                2);
        assertThat(second.get("same")).isSameAs(first.get("same"));
        assertThat(second.get("moves")).isEqualTo(new PreparedBackend("80/moves", 2, after));
    }

    @Test
    void aChangedBackendLeavesVirtualHostsAndNamesAsTheyAre() {
        PortSnapshot before = new Tables()
                .host("a", HostPattern.of("a"))
                .host("b", HostPattern.of("b"))
                .snapshot("1");
        Map<String, PreparedBackend> prepared = PortTableBuilder.prepareBackends(before, Map.of(), 1);
        PortTable first = PortTableBuilder.build(before, prepared, null);
        Map<String, Backend> changed = new HashMap<>(before.backends());
        changed.put("a", backend("a", 9));
        PortSnapshot after = with(before, before.virtualHosts(), changed);

        PortTable second = PortTableBuilder.build(after, PortTableBuilder.prepareBackends(after, prepared, 2), first);

        assertThat(second.views()).isSameAs(first.views());
        assertThat(second.virtualHosts()).isSameAs(first.virtualHosts());
        assertThat(target(second, "a").backend().endpoints()).hasSize(1);
        assertThat(target(second, "b")).isSameAs(target(first, "b"));
        assertThat(target(first, "a").backend().endpoints()).isEmpty();
    }

    @Test
    void otherRoutesOfAVirtualHostLeaveNamesAndOtherVirtualHostsAsTheyAre() {
        Tables tables = new Tables();
        PortSnapshot before = tables.host("a", HostPattern.of("a"))
                .host("b", HostPattern.of("b"))
                .snapshot("1");
        Map<String, PreparedBackend> prepared = PortTableBuilder.prepareBackends(before, Map.of(), 1);
        PortTable first = PortTableBuilder.build(before, prepared, null);
        Map<String, VirtualHost> changed = new HashMap<>(before.virtualHosts());
        changed.put(
                "a",
                Objects.requireNonNull(new Tables()
                        .host("a", null, List.of(new Tables().route("b")), HostPattern.of("a"))
                        .snapshot("x")
                        .virtualHosts()
                        .get("a")));

        PortTable second = PortTableBuilder.build(with(before, changed, before.backends()), prepared, first);

        assertThat(second.views()).isSameAs(first.views());
        assertThat(target(second, "a").backend().name()).isEqualTo("b");
        assertThat(target(first, "a").backend().name()).isEqualTo("a");
        assertThat(second.virtualHost(second.virtualHostSlots().of("b")))
                .isSameAs(first.virtualHost(first.virtualHostSlots().of("b")));
    }

    @Test
    void aTableBuiltStepByStepDecidesLikeOneBuiltAtOnce() {
        Random random = new Random(5);
        Map<String, VirtualHost> hosts = new TreeMap<>();
        Map<String, Backend> backends = new TreeMap<>();
        PortTable table = null;
        Map<String, PreparedBackend> prepared = Map.of();
        for (int step = 0; step < 400; step++) {
            String name = "n" + random.nextInt(12);
            if (random.nextInt(3) == 0) {
                hosts.remove(name);
                backends.remove(name);
            } else {
                backends.put(name, backend(name, 1 + random.nextInt(100)));
                hosts.computeIfAbsent(
                        name,
                        n -> Objects.requireNonNull(new Tables()
                                .host(n, HostPattern.of(n))
                                .snapshot("x")
                                .virtualHosts()
                                .get(n)));
            }
            PortSnapshot snapshot = with(new Tables().snapshot("v" + step), hosts, backends);
            prepared = PortTableBuilder.prepareBackends(snapshot, prepared, step);
            table = PortTableBuilder.build(snapshot, prepared, table);
            for (String host : hosts.keySet()) {
                assertThat(target(table, host).backend()).isEqualTo(backends.get(host));
            }
            Router router = Router.of(table, Snapshots.address("10.0.0.1"), Tables.anyone());
            assertThat(List.of("n0", "n1", "n2", "n3"))
                    .allSatisfy(
                            host -> assertThat(router.virtualHost(host) != null).isEqualTo(hosts.containsKey(host)));
        }
    }
}
