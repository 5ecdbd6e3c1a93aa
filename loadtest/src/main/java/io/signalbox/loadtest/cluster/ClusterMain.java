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
        System.exit(new CommandLine(new ClusterMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
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
                            defaultValue = "PODS",
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
            System.out.println(instructions(cluster, shop));
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private static String instructions(Cluster cluster, Shop shop) {
        return """
                The cluster is up. In a pod of namespace shop, on node-1:
                  ip netns exec %1$s bash
                and there, for instance:
                  curl -i http://catalog/            balanced over pods of both nodes
                  curl -i http://alias/              the same by another name
                  curl -i http://server-0.peers:8080/
                  loadtest/bin/caller grpc orders:81
                  loadtest/bin/caller listen ledger 7000
                Why a request of that pod goes where it goes, by the agent of node-1; and what that agent has:
                  ip netns exec %2$s agent/bin/agent explain --source shop/client-1 http://catalog/
                  ip netns exec %2$s curl -s http://127.0.0.1:15000/pods
                The config service's REST API:
                  ip netns exec %3$s curl -s http://%4$s/v1/agents
                The objects that it reads; what is changed there counts at once:
                  %5$s
                From outside:
                  ip netns exec %6$s curl -i http://%7$s:%8$d/
                Ctrl-C removes it.""".formatted(
                        shop.client().network().name(),
                        cluster.node(1).network().name(),
                        cluster.control().name(),
                        cluster.configService(1).restAddress(),
                        cluster.lookAtObjects(),
                        cluster.outside().name(),
                        cluster.node(1).address(),
                        Shop.NODE_PORT);
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

    @Command(
            name = "container",
            mixinStandardHelpOptions = true,
            description = "Runs the agents out of their image, as the DaemonSet of the manifests does, and says whether"
                    + " pods are captured and balanced, also while an agent is replaced. loadtest/bin/images calls it.")
    int container(
            @Option(
                            names = "--podman",
                            split = " ",
                            defaultValue = "podman",
                            description = "Command line of podman, split at spaces.")
                    List<String> podman,
            @Parameters(paramLabel = "IMAGE", description = "Of the agent.") String image)
            throws IOException, InterruptedException {
        List<String> problems = new ContainerCheck(new AgentImage(podman, image)).run(directory("container"));
        problems.forEach(System.out::println);
        return problems.isEmpty() ? 0 : 1;
    }

    private static Path directory(String what) {
        return Launchers.root().resolve("loadtest/target/cluster").resolve(what);
    }
}
