package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Launchers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A cluster for people to play with: {@code loadtest/bin/cluster}. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "A small Kubernetes cluster out of network namespaces on this machine. Needs root.")
final class ClusterMain {
    private ClusterMain() {}

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ClusterMain()).execute(args));
    }

    @Command(
            name = "up",
            mixinStandardHelpOptions = true,
            description = "Brings up two nodes with a shop in it, a config service and an agent on each node, and keeps"
                    + " them up until it is interrupted.")
    int up(
            @Option(names = "--servers", defaultValue = "1", description = "Servers on each node.") int servers,
            @Option(
                            names = "--capture",
                            defaultValue = "REDIRECT",
                            description = "How agents get connections: ${COMPLETION-CANDIDATES}.")
                    Capture capture)
            throws IOException, InterruptedException {
        try (Cluster cluster = Cluster.create(directory("up"))) {
            Shop shop = Shop.open(cluster, servers);
            cluster.startConfigServices(1);
            cluster.startAgents(capture);
            cluster.awaitConverged();
            System.out.println("""
                    The cluster is up. In a pod of namespace shop, on node-1:
                      ip netns exec %1$s bash
                    and there, for instance:
                      curl -i http://catalog/            balanced over pods of both nodes
                      curl -i http://alias/              the same by another name
                      curl -i http://server-0.peers:8080/
                      loadtest/bin/caller grpc orders:81
                      loadtest/bin/caller listen ledger 7000
                    On node-1 itself:
                      ip netns exec %2$s curl -s http://127.0.0.1:15000/snapshot
                    From outside:
                      ip netns exec %3$s curl -i http://%4$s:%5$d/
                    Ctrl-C removes it.""".formatted(
                            shop.client().network().name(),
                            cluster.node(1).network().name(),
                            cluster.outside().name(),
                            cluster.node(1).address(),
                            Shop.NODE_PORT));
            new CountDownLatch(1).await();
        }
        return 0;
    }

    @Command(
            name = "clean",
            mixinStandardHelpOptions = true,
            description = "Removes what clusters have left behind whose process was killed.")
    int clean() throws IOException, InterruptedException {
        List<String> removed = Leftovers.remove();
        removed.forEach(name -> System.out.println("removed " + name));
        System.out.println(removed.size() + " removed");
        return 0;
    }

    private static Path directory(String what) {
        return Launchers.root().resolve("loadtest/target/cluster").resolve(what);
    }
}
