package io.signalbox.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.cluster.ClusterService.Port;
import io.signalbox.loadtest.cluster.PodState.Condition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KubeProxyRulesTest {
    private static final ClusterService CATALOG =
            ClusterService.clusterIp("shop", "catalog", "10.96.1.10", new Port("http", 80, 8080, 30080));

    @Test
    void sendsConnectionsToReadyPodsOnly() {
        assertThat(rules(
                        CATALOG,
                        pod("10.244.1.2", Condition.READY),
                        pod("10.244.2.2", Condition.TERMINATING),
                        pod("10.244.2.3", Condition.READY)))
                .contains(
                        "numgen random mod 2 vmap { 0 : goto endpoint-shop-catalog-80-0, 1 : goto endpoint-shop-catalog-80-1 }")
                .contains("dnat to 10.244.1.2:8080", "dnat to 10.244.2.3:8080")
                .doesNotContain("10.244.2.2", "30080");
    }

    @Test
    void usesPodsThatAreGoingWhileThereAreNoOthers() {
        assertThat(rules(CATALOG, pod("10.244.1.2", Condition.NOT_READY), pod("10.244.2.2", Condition.TERMINATING)))
                .contains("dnat to 10.244.2.2:8080")
                .doesNotContain("10.244.1.2");
    }

    @Test
    void refusesConnectionsToServicesWithoutPods() {
        assertThat(rules(CATALOG))
                .contains("10.96.1.10 . tcp . 80 : goto refuse")
                .doesNotContain("dnat");
    }

    @Test
    void hidesTheSourceOfWhatComesByANodePort() {
        assertThat(rules(CATALOG.asNodePort(), pod("10.244.1.2", Condition.READY)))
                .contains("tcp . 30080 : goto external-shop-catalog-80");
    }

    private static String rules(ClusterService service, PodState... pods) {
        return KubeProxyRules.of(List.of(service), List.of(pods), "10.244.0.0/16");
    }

    private static PodState pod(String address, Condition condition) {
        return new PodState(
                "shop", "catalog-" + address, "uid", Map.of("app", "catalog"), "node-1", address, "", condition);
    }
}
