package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.cluster.ClusterService.Port;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What runs in the demo cluster and in most tests: servers on both nodes behind services of every kind, hosts outside,
 * and pods to call from. Each server speaks HTTP on 8080, gRPC on 8181, and first, in TCP, on 7777.
 */
public final class Shop {
    /** Node port of the catalog. */
    public static final int NODE_PORT = 30080;

    /** A host outside, which may be declared by a ServiceEntry. */
    public static final String PARTNER = "partner.example";

    /** A host outside that nobody declares. */
    public static final String UNKNOWN = "unknown.example";

    private static final String APP = "server";
    private static final Map<String, Integer> SERVERS = Map.of("--http", 8080, "--grpc", 8181, "--banner", 7777);

    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final List<Pod> servers;
    private final Pod client;
    private final Pod otherClient;
    private final Pod stranger;

    private Shop(Cluster cluster, List<Pod> servers, Pod client, Pod otherClient, Pod stranger) {
        this.cluster = cluster;
        this.servers = servers;
        this.client = client;
        this.otherClient = otherClient;
        this.stranger = stranger;
    }

    /** Opens it, with that many servers on each node. */
    public static Shop open(Cluster cluster, int serversOnEachNode) throws IOException, InterruptedException {
        cluster.add(ClusterService.clusterIp("shop", "catalog", "10.96.1.10", new Port("http", 80, 8080, NODE_PORT))
                .selecting(APP)
                .asNodePort());
        cluster.add(ClusterService.clusterIp("shop", "orders", "10.96.1.11", Port.of("grpc", 81, 8181))
                .selecting(APP));
        cluster.add(ClusterService.clusterIp("shop", "ledger", "10.96.1.12", Port.of("tcp", 7000, 7777))
                .selecting(APP));
        cluster.add(ClusterService.headless("shop", "peers", Port.of("http", 8080, 8080), Port.of("tcp", 7777, 7777))
                .selecting(APP));
        cluster.add(ClusterService.externalName("shop", "alias", "catalog.shop.svc.cluster.local"));
        cluster.add(ClusterService.clusterIp("shop", "empty", "10.96.1.13", Port.of("http", 80, 8080)));
        cluster.addOutside(PARTNER, "203.0.113.10", "--http", 80);
        cluster.addOutside(UNKNOWN, "203.0.113.20", "--http", 80);
        List<PodSpec> specs = new ArrayList<>();
        for (int i = 0; i < 2 * serversOnEachNode; i++) {
            specs.add(server("server-" + i, i % 2 + 1));
        }
        List<Pod> servers = cluster.runAll(specs);
        return new Shop(
                cluster,
                new ArrayList<>(servers),
                cluster.run(PodSpec.idle("shop", "client-1", 1, "client")),
                cluster.run(PodSpec.idle("shop", "client-2", 2, "client")),
                cluster.run(PodSpec.idle("other", "stranger", 1, "stranger")));
    }

    /** A pod in namespace shop on the first node, without a program. */
    public Pod client() {
        return client;
    }

    /** A pod in namespace shop on the second node, without a program. */
    public Pod otherClient() {
        return otherClient;
    }

    /** A pod in namespace other on the first node, without a program. */
    public Pod stranger() {
        return stranger;
    }

    /**
     * Replaces the eldest server by a new one on the same node, as a rolling update does: the new one is ready before
     * the old one is deleted. The new one speaks HTTP only. Safe for use by several threads, fewer than there are
     * servers.
     *
     * @param name of the new one
     * @param preStop how long the old one serves on after nobody is sent to it any more
     */
    public void replaceEldest(String name, Duration preStop) throws IOException, InterruptedException {
        Pod eldest;
        synchronized (servers) {
            eldest = servers.removeFirst();
        }
        int node = eldest.state().node().equals(cluster.node(1).name()) ? 1 : 2;
        Pod replacement = cluster.run(PodSpec.server("shop", name, node, APP, Map.of("--http", 8080)));
        synchronized (servers) {
            servers.add(replacement);
        }
        cluster.delete(eldest, preStop, GRACE);
    }

    private static PodSpec server(String name, int node) {
        return PodSpec.server("shop", name, node, APP, SERVERS).withSubdomain("peers");
    }
}
