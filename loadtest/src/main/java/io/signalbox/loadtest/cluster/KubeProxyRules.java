package io.signalbox.loadtest.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * kube-proxy's work on one node as an nft ruleset: a connection to a service goes to one of its pods at random, and its
 * source is hidden where the answer would not come back through this node. Like kube-proxy's nftables mode, in which
 * bit 14 of the packet mark asks for masquerading.
 */
final class KubeProxyRules {
    private static final String MASQUERADE_MARK = "0x4000";

    private final List<String> chains = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();
    private final List<String> nodePorts = new ArrayList<>();
    private final List<String> refusedAddresses = new ArrayList<>();
    private final List<String> refusedNodePorts = new ArrayList<>();
    private final String podRange;

    private KubeProxyRules(String podRange) {
        this.podRange = podRange;
    }

    /**
     * The whole ruleset; loading it replaces an earlier one in one step.
     *
     * @param podRange all addresses of pods, whose connections keep their source
     */
    static String of(Collection<ClusterService> services, Collection<PodState> pods, String podRange) {
        KubeProxyRules rules = new KubeProxyRules(podRange);
        for (ClusterService service : services) {
            if (!service.clusterIp().isEmpty()) {
                List<PodState> endpoints = endpoints(service, pods);
                service.ports().forEach(port -> rules.add(service, port, endpoints));
            }
        }
        return rules.text();
    }

    /** Ready pods; those that are going, if there are no others. */
    private static List<PodState> endpoints(ClusterService service, Collection<PodState> pods) {
        List<PodState> behind = pods.stream().filter(service::selects).toList();
        List<PodState> ready =
                behind.stream().filter(pod -> pod.is(PodState.Condition.READY)).toList();
        return ready.isEmpty()
                ? behind.stream()
                        .filter(pod -> pod.is(PodState.Condition.TERMINATING))
                        .toList()
                : ready;
    }

    private void add(ClusterService service, ClusterService.Port port, List<PodState> endpoints) {
        String id = service.namespace() + "-" + service.name() + "-" + port.port();
        boolean hasNodePort = service.kind() == ClusterService.Kind.NODE_PORT && port.nodePort() != 0;
        String address = service.clusterIp() + " . tcp . " + port.port() + " : ";
        String nodePort = "tcp . " + port.nodePort() + " : ";
        if (endpoints.isEmpty()) {
            refusedAddresses.add(address + "goto refuse");
            if (hasNodePort) {
                refusedNodePorts.add(nodePort + "goto refuse");
            }
            return;
        }
        List<String> choices = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            String endpoint = endpoints.get(i).address();
            chains.add("""
                      chain endpoint-%1$s-%2$d {
                        ip saddr %3$s jump mark-for-masquerade
                        meta l4proto tcp dnat to %3$s:%4$d
                      }
                    """.formatted(id, i, endpoint, port.targetPort()));
            choices.add(i + " : goto endpoint-" + id + "-" + i);
        }
        chains.add("""
                  chain service-%1$s {
                    ip daddr %2$s ip saddr != %3$s jump mark-for-masquerade
                    numgen random mod %4$d vmap { %5$s }
                  }
                """.formatted(id, service.clusterIp(), podRange, endpoints.size(), String.join(", ", choices)));
        addresses.add(address + "goto service-" + id);
        if (hasNodePort) {
            chains.add("""
                      chain external-%1$s {
                        jump mark-for-masquerade
                        goto service-%1$s
                      }
                    """.formatted(id));
            nodePorts.add(nodePort + "goto external-" + id);
        }
    }

    private String text() {
        String byAddress = "ip daddr . meta l4proto . th dport vmap";
        String byNodePort = "fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap";
        return """
                table ip kube-proxy
                delete table ip kube-proxy
                table ip kube-proxy {
                  chain mark-for-masquerade {
                    meta mark set meta mark or %1$s
                  }
                  chain refuse {
                    reject
                  }
                """.formatted(MASQUERADE_MARK)
                + String.join("", chains)
                + chain("services", vmap(byAddress, addresses), vmap(byNodePort, nodePorts))
                + chain("refused", vmap(byAddress, refusedAddresses), vmap(byNodePort, refusedNodePorts))
                + chain("nat-prerouting", "type nat hook prerouting priority dstnat;", "jump services")
                + chain("nat-output", "type nat hook output priority -100;", "jump services")
                + chain(
                        "nat-postrouting",
                        "type nat hook postrouting priority srcnat;",
                        "meta mark and %1$s == 0 return".formatted(MASQUERADE_MARK),
                        "meta mark set meta mark xor %1$s".formatted(MASQUERADE_MARK),
                        "masquerade fully-random")
                + chain("filter-input", "type filter hook input priority filter;", "ct state new jump refused")
                + chain("filter-forward", "type filter hook forward priority filter;", "ct state new jump refused")
                + chain("filter-output", "type filter hook output priority filter;", "ct state new jump refused")
                + "}\n";
    }

    private static String vmap(String key, List<String> elements) {
        return elements.isEmpty() ? "" : key + " { " + String.join(", ", elements) + " }";
    }

    private static String chain(String name, String... rules) {
        StringBuilder text = new StringBuilder("  chain " + name + " {\n");
        for (String rule : rules) {
            if (!rule.isEmpty()) {
                text.append("    ").append(rule).append('\n');
            }
        }
        return text.append("  }\n").toString();
    }
}
