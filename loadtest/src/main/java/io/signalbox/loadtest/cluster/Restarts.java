package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Agents are upgraded, stopped and killed under load, in one mode of capture after the other; counts what fails. */
final class Restarts {
    private static final int TIMES = 3;
    private static final Duration EXIT_DEADLINE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Soon enough that connections which went direct meanwhile are captured again before the next restart. */
    private static final String REQUESTS_PER_CONNECTION = "50";

    private static final String URL = "http://catalog/";

    private final Path directory;
    private final int rate;

    /**
     * In clusters that keep their files below {@code directory}.
     *
     * @param rate requests a second
     */
    Restarts(Path directory, int rate) {
        this.directory = directory;
        this.rate = rate;
    }

    /** Returns a page. */
    String run(List<Capture> captures, String command) throws IOException, InterruptedException {
        StringBuilder page = new StringBuilder("# Agents upgraded, stopped, killed\n\n")
                .append(Origin.of(command).markdown())
                .append("""


                        The agent of the callers' node, %d times each, %d s apart, under %d requests a second: half of them on 8 connections
                        that are kept for %s requests, half on a new connection each. *Sent again* are requests whose idle connection turned
                        out to be closed. *Serves* is the time from the end of the old process, or with upgrades from the start of the new
                        one, until the new one is ready; *ended* is the time from SIGTERM or SIGKILL to the end of the old one. *Load* is
                        the machine's load average of one minute.

                        | capture | | connections | answered | failed | sent again | p99 ms | slowest ms | serves, s | ended, s | load | first failures |
                        |---|---|---|---|---|---|---|---|---|---|---|---|
                        """.formatted(TIMES, PAUSE.toSeconds(), rate, REQUESTS_PER_CONNECTION));
        for (Capture capture : captures) {
            try (Cluster cluster = Cluster.create(directory, Cluster.Source.FILES)) {
                Shop shop = Shop.open(cluster, 1);
                cluster.startConfigServices(1);
                cluster.startAgents(capture);
                cluster.awaitConverged();
                for (Ending ending : Ending.values()) {
                    page.append(restarts(cluster, shop.client(), capture, ending));
                }
            }
        }
        return page.toString();
    }

    private String restarts(Cluster cluster, Pod client, Capture capture, Ending ending)
            throws IOException, InterruptedException {
        Traffic kept = Traffic.start(
                client, "kept-" + ending, URL, rate / 2, "--requests-per-connection", REQUESTS_PER_CONNECTION);
        Traffic fresh = Traffic.start(client, "fresh-" + ending, URL, rate / 2, "--requests-per-connection", "1");
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            LockSupport.parkNanos(PAUSE.toNanos());
            turns.add(ending.restart(cluster.node(1).agent()));
        }
        LockSupport.parkNanos(PAUSE.toNanos());
        String common = " | %s | %s | %s"
                .formatted(
                        turns.stream().map(turn -> seconds(turn.serves())).collect(Collectors.joining(", ")),
                        turns.stream().map(turn -> seconds(turn.ended())).collect(Collectors.joining(", ")),
                        Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
        String head = "| " + capture.name().toLowerCase(Locale.ROOT) + " | " + ending.words + " | ";
        return head + "kept" + line(kept.stop(), common) + head + "new" + line(fresh.stop(), common);
    }

    private static String line(CallerResult result, String common) {
        return String.format(
                Locale.ROOT,
                " | %d | %d | %d | %.1f | %.0f%s | %s |%n",
                result.answered(),
                result.failed(),
                result.resent(),
                result.p99Millis(),
                result.maxMillis(),
                common,
                SoakPage.firstFailures(result));
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f", time.toMillis() / 1000.0);
    }

    /** How an agent comes to its end. */
    private enum Ending {
        UPGRADED("upgraded") {
            @Override
            Turn restart(NodeAgent agent) throws IOException, InterruptedException {
                NodeAgent.Upgrade upgrade = agent.upgrade();
                return new Turn(upgrade.ready(), upgrade.ended());
            }
        },
        STOPPED("stopped, started") {
            @Override
            Turn restart(NodeAgent agent) throws IOException, InterruptedException {
                long begin = System.nanoTime();
                agent.process().terminate();
                return started(agent, begin);
            }
        },
        KILLED("killed, started") {
            @Override
            Turn restart(NodeAgent agent) throws IOException, InterruptedException {
                long begin = System.nanoTime();
                agent.process().kill();
                return started(agent, begin);
            }
        };

        private final String words;

        Ending(String words) {
            this.words = words;
        }

        abstract Turn restart(NodeAgent agent) throws IOException, InterruptedException;

        private static Turn started(NodeAgent agent, long beginNanos) throws IOException, InterruptedException {
            agent.process().awaitExit(EXIT_DEADLINE);
            Duration ended = Duration.ofNanos(System.nanoTime() - beginNanos);
            agent.restart();
            return new Turn(agent.awaitReady(), ended);
        }
    }

    private record Turn(Duration serves, Duration ended) {}
}
