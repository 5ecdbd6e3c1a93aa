package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.signalbox.agent.balance.Place;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.LocalityPolicy;
import io.signalbox.agent.model.OutlierDetection;
import io.signalbox.agent.resolve.Names;
import io.signalbox.agent.resolve.ResolveStats;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.testkit.BackendSpec;
import io.signalbox.agent.testkit.Snapshots;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BackendsTest {
    private static final Place HERE = new Place("n1", "r1/z1");

    private final EmbeddedChannel upkeep = new EmbeddedChannel();
    private final BackendSpec spec = new BackendSpec().at(Snapshots.local(1, 2).toArray(Endpoint[]::new));
    private final Backends backends = new Backends(
            HERE,
            upkeep.eventLoop(),
            () -> 0,
            new Names(
                    name -> CompletableFuture.failedStage(new UnknownHostException(name)),
                    upkeep.eventLoop(),
                    () -> 0,
                    new ResolveStats()),
            plan -> {});
    private long generation;

    private PreparedBackend prepared(String key) {
        return new PreparedBackend(key, ++generation, spec.build());
    }

    private BackendPlan plan(String key) {
        return backends.plan(prepared(key));
    }

    @Test
    void backendsWithoutPoliciesShareConnections() {
        assertThat(plan("a").scope()).isSameAs(plan("b").scope());
        assertThat(backends.reportsWithPolicies()).isEmpty();
    }

    @Test
    void backendsWithPoliciesHaveConnectionsOfTheirOwn() {
        spec.maxRequests = 1;
        assertThat(plan("a").scope()).isNotSameAs(plan("b").scope());
    }

    @Test
    void connectionsStayWhereOnlyEndpointsChange() {
        spec.maxRequests = 1;
        EndpointScope before = plan("a").scope();
        spec.at(Snapshots.local(3).get(0));
        assertThat(plan("a").scope()).isSameAs(before);
    }

    @Test
    void whatRunsCountsOnUnderANewLimit() {
        spec.maxRequests = 2;
        Slots before = plan("a").scope().breaker().requests();
        assertThat(before.tryTake()).isTrue();
        spec.maxRequests = 1;
        Slots after = plan("a").scope().breaker().requests();
        assertThat(after.tryTake()).isFalse();
        before.release();
        assertThat(after.tryTake()).isTrue();
    }

    @Test
    void ejectionsOutliveNewSettings() {
        spec.outlierDetection = new OutlierDetection(1, 0, false, 5, 10_000, 30_000, 100, 0);
        Objects.requireNonNull(plan("a").scope().health(Snapshots.local(1).get(0)))
                .responded(500);
        spec.maxRequests = 5;
        plan("a");
        assertThat(backends.reports())
                .singleElement()
                .satisfies(report -> assertThat(report.endpoints())
                        .extracting(BackendReport.EndpointReport::isEjected)
                        .containsExactly(true, false));
    }

    @Test
    void anOlderFormDoesNotReplaceANewerOne() {
        PreparedBackend older = prepared("a");
        spec.maxRequests = 1;
        PreparedBackend newer = prepared("a");
        BackendPlan inForce = backends.plan(newer);
        assertThat(backends.plan(older)).isSameAs(inForce);
        backends.remove(older);
        assertThat(backends.plan(newer)).isSameAs(inForce);
    }

    @Test
    void movingMattersToBackendsThatPreferPlaces() {
        plan("a");
        spec.locality = new LocalityPolicy(List.of(), Map.of(), List.of());
        BackendPlan before = plan("b");
        assertThat(backends.move(HERE)).isEmpty();
        assertThat(backends.move(new Place("n1", "r2"))).singleElement().satisfies(plan -> {
            assertThat(plan.prepared().key()).isEqualTo("b");
            assertThat(plan.revision()).isGreaterThan(before.revision());
        });
    }
}
