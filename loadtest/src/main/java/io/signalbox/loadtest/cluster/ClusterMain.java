package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Launchers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
                    Capture capture,
            @Option(
                            names = "--source",
                            defaultValue = "FILES",
                            description = "Where the config service reads: ${COMPLETION-CANDIDATES}.")
                    Cluster.Source source)
            throws IOException, InterruptedException {
        try (Cluster cluster = Cluster.create(directory("up"), source)) {
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

    @Command(
            name = "soak",
            mixinStandardHelpOptions = true,
            description = "Long runs under load, which count the requests that fail, and write a page into"
                    + " loadtest/results.")
    int soak(
            @Option(
                            names = "--capture",
                            split = ",",
                            defaultValue = "PODS",
                            description = "How agents get connections: ${COMPLETION-CANDIDATES}; for restarts several,"
                                    + " with commas between.")
                    List<Capture> captures,
            @Option(names = "--rate", defaultValue = "500", description = "Requests a second.") int rate,
            @Option(names = "--minutes", defaultValue = "10", description = "How long, for churn.") int minutes,
            @Parameters(
                            paramLabel = "churn|restarts",
                            description =
                                    "churn: one pod is replaced each second; restarts: agents are stopped, killed and"
                                            + " started again.")
                    String what)
            throws IOException, InterruptedException {
        String command = "loadtest/bin/cluster soak " + what + " --capture "
                + captures.stream().map(Capture::name).collect(Collectors.joining(",")) + " --rate " + rate;
        Path directory = directory("soak");
        String name = "cluster-" + what;
        String page;
        switch (what) {
            case "churn" -> {
                Capture capture = captures.getFirst();
                name += "-" + capture.name().toLowerCase(Locale.ROOT);
                page = new Churn(directory, capture, rate)
                        .run(Duration.ofMinutes(minutes), command + " --minutes " + minutes);
            }
            case "restarts" -> page = new Restarts(directory, rate).run(captures, command);
            default -> throw new IllegalArgumentException(what + " (expected: churn or restarts)");
        }
        Path file = Launchers.root().resolve("loadtest/results/" + name + ".md");
        Files.writeString(file, page);
        System.out.println(page);
        System.out.println("written to " + file);
        return 0;
    }

    private static Path directory(String what) {
        return Launchers.root().resolve("loadtest/target/cluster").resolve(what);
    }
}
