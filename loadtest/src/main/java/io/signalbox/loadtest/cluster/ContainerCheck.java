package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.loadtest.harness.Poll;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whether agents do their work in containers that may do no more than the manifests let them. */
final class ContainerCheck {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int REQUESTS = 100;
    private static final int RATE = 200;
    private static final String METRICS = "http://%s:15020%s";

    private final AgentImage image;
    private final List<String> problems = new ArrayList<>();

    ContainerCheck(AgentImage image) {
        this.image = image;
    }

    /** Prints what it sees; returns what is not as it should be. */
    List<String> run(Path directory) throws IOException, InterruptedException {
        try (Cluster cluster = Cluster.create(directory, Cluster.Source.API_SERVER)) {
            Shop shop = Shop.open(cluster, 1);
            cluster.startConfigServices(1);
            cluster.startAgents(image);
            cluster.awaitConverged();
            awaitCaptured(cluster);
            for (int node = 1; node <= 2; node++) {
                say("node-" + node + ": agent ready after " + readyMillis(cluster.node(node)) + " ms; "
                        + privileges(cluster.node(node)));
            }
            Map<String, Long> answers = answers(shop.client());
            say(REQUESTS + " requests of one connection in a pod: " + answers);
            expect(answers.values().stream().mapToLong(count -> count).sum() == REQUESTS, "requests failed");
            // By least requests, of which none run: each is as good as the other.
            expect(answers.values().stream().allMatch(count -> count >= REQUESTS / 4), "not balanced");
            checkMetrics(cluster);
            upgrade(cluster, shop);
        }
        return problems;
    }

    private static void awaitCaptured(Cluster cluster) {
        for (ClusterNode node : List.of(cluster.node(1), cluster.node(2))) {
            Poll.until(DEADLINE, () -> node.name() + ": not all pods are captured", () -> {
                try {
                    JsonNode pods = node.agent().json("/pods");
                    boolean isCaptured = !pods.isEmpty();
                    for (JsonNode pod : pods) {
                        isCaptured &= pod.path("state").asText().equals("captured");
                    }
                    return isCaptured;
                } catch (IOException e) {
                    return false;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            });
        }
    }

    /** By the endpoint that answered. */
    private static Map<String, Long> answers(Pod pod) throws IOException, InterruptedException {
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            urls.add("http://catalog/");
        }
        String output = pod.curl(urls.toArray(String[]::new)).output();
        Map<String, Long> answers = new TreeMap<>();
        for (String server : List.of("server-0", "server-1")) {
            answers.put(
                    server,
                    output.lines()
                            .filter(line -> line.equalsIgnoreCase("x-endpoint: " + server))
                            .count());
        }
        return answers;
    }

    private void checkMetrics(Cluster cluster) throws IOException, InterruptedException {
        String address = cluster.node(1).address();
        String metrics = cluster.outside().require("curl", "-sSf", METRICS.formatted(address, "/metrics"));
        say("metrics from another machine: " + metrics.lines().count() + " lines");
        expect(metrics.contains("signalbox_"), "no metrics at the node's address");
        String snapshot = cluster.outside().require("curl", "-sS", METRICS.formatted(address, "/snapshot"));
        expect(snapshot.contains("No such page"), "the snapshot is shown to other machines");
    }

    private void upgrade(Cluster cluster, Shop shop) throws IOException, InterruptedException {
        Traffic traffic = Traffic.start(shop.client(), "upgrade", "http://catalog/", RATE);
        Duration ready = cluster.node(1).agent().upgrade().ready();
        CallerResult result = traffic.stop();
        say("agent replaced by a new container under " + RATE + " requests/s: it served after " + ready.toMillis()
                + " ms; " + result.answered() + " requests answered, " + result.failed() + " failed, p99 "
                + result.p99Millis() + " ms");
        expect(result.failed() == 0 && result.answered() > 0, "requests failed: " + result.failures());
        awaitCaptured(cluster);
    }

    /** User, capabilities and seccomp mode of the agent's process, as the kernel has them. */
    private String privileges(ClusterNode node) throws IOException, InterruptedException {
        Path process = process(node);
        Map<String, String> status = new TreeMap<>();
        for (String line : Files.readAllLines(process.resolve("status"))) {
            int colon = line.indexOf(':');
            status.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        expect(status.getOrDefault("Seccomp", "").equals("2"), "no seccomp profile");
        expect(status.getOrDefault("NoNewPrivs", "").equals("1"), "may gain privileges");
        expect(Files.readString(process.resolve("maps")).contains("agent.aot"), "runs without its ahead-of-time cache");
        return "user " + status.getOrDefault("Uid", "").split("\\s", 2)[0] + ", capabilities " + status.get("CapEff")
                + ", seccomp mode " + status.get("Seccomp") + ", Pss " + pssMegabytes(process) + " MB";
    }

    private static Path process(ClusterNode node) throws IOException, InterruptedException {
        String pids =
                node.network().require("ip", "netns", "pids", node.network().name());
        for (String pid : pids.lines().map(String::strip).toList()) {
            Path process = Path.of("/proc", pid);
            if (Files.readSymbolicLink(process.resolve("exe")).endsWith("bin/java")) {
                return process;
            }
        }
        throw new IllegalStateException(node.name() + ": no agent among the processes " + pids);
    }

    private static long pssMegabytes(Path process) throws IOException {
        return Files.readAllLines(process.resolve("smaps_rollup")).stream()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1000)
                .findFirst()
                .orElseThrow();
    }

    private static long readyMillis(ClusterNode node) {
        String log = node.agent().process().log();
        return Long.parseLong(log.replaceAll("(?s).*start_millis=(\\d+).*", "$1"));
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            problems.add("cluster container: " + otherwise);
        }
    }
}
