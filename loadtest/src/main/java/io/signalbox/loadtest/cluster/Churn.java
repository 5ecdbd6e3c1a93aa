package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Origin;
import io.signalbox.loadtest.harness.ProcStats;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Long runs in a cluster under load, whose pods are replaced; they count what fails. */
final class Churn {
    private static final int SERVERS_ON_EACH_NODE = 4;
    private static final int REPLACED_AT_A_TIME = 6;
    private static final Duration PRE_STOP = Duration.ofSeconds(2);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path directory;
    private final Capture capture;
    private final int rate;

    /**
     * In clusters that keep their files below {@code directory}.
     *
     * @param rate requests a second
     */
    Churn(Path directory, Capture capture, int rate) {
        this.directory = directory;
        this.capture = capture;
        this.rate = rate;
    }

    /**
     * Replaces one server each second, as a rolling update with a preStop hook does, while clients on both nodes call.
     *
     * @return a page
     */
    String run(Duration time, String command) throws IOException, InterruptedException {
        try (Cluster cluster = Cluster.create(directory, Cluster.Source.FILES)) {
            Shop shop = Shop.open(cluster, SERVERS_ON_EACH_NODE);
            cluster.startConfigServices(1);
            cluster.startAgents(capture);
            cluster.awaitConverged();
            List<ProcStats> before = agentStats(cluster);
            Traffic near = Traffic.start(shop.client(), "churn-1", "http://catalog/", rate / 2);
            Traffic far = Traffic.start(shop.otherClient(), "churn-2", "http://catalog/", rate / 2);
            Replacements replacements = replaceEachSecond(shop, time);
            CallerResult first = near.stop();
            CallerResult second = far.stop();
            List<ProcStats> after = agentStats(cluster);
            StringBuilder page = new StringBuilder("# Pod churn\n\n")
                    .append(Origin.of(command).markdown())
                    .append("\n\nCapture: ")
                    .append(capture)
                    .append(". ")
                    .append(2 * SERVERS_ON_EACH_NODE)
                    .append(" servers on two nodes, each replaced by a new one in turn: ")
                    .append(replacements.done())
                    .append(" in ")
                    .append(time.toSeconds())
                    .append(" s, ")
                    .append(replacements.failed())
                    .append(" replacements failed. Each new one was ready before the eldest was deleted, which then")
                    .append(" served on for ")
                    .append(PRE_STOP.toSeconds())
                    .append(" s.\n\n")
                    .append(SoakPage.head())
                    .append(SoakPage.line("client on node-1", first))
                    .append(SoakPage.line("client on node-2", second))
                    .append('\n');
            for (int i = 0; i < before.size(); i++) {
                page.append("Agent of node-%d: Pss %d MB before, %d MB after.%n"
                        .formatted(
                                i + 1,
                                before.get(i).pssBytes() >> 20,
                                after.get(i).pssBytes() >> 20));
            }
            return page.toString();
        }
    }

    private static Replacements replaceEachSecond(Shop shop, Duration time) throws InterruptedException {
        AtomicInteger done = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        Semaphore running = new Semaphore(REPLACED_AT_A_TIME);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long begin = System.nanoTime();
            // On a slow machine there are fewer than one each second.
            for (int i = 0; System.nanoTime() - begin < time.toNanos(); i++) {
                long due = begin + i * SECOND_NANOS;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                String name = "server-r" + i;
                running.acquire();
                threads.execute(() -> {
                    try {
                        shop.replaceEldest(name, PRE_STOP);
                        done.incrementAndGet();
                    } catch (IOException | InterruptedException | RuntimeException e) {
                        System.err.println("replacing by " + name + ": " + e);
                        failed.incrementAndGet();
                    } finally {
                        running.release();
                    }
                });
            }
        }
        return new Replacements(done.get(), failed.get());
    }

    private static List<ProcStats> agentStats(Cluster cluster) {
        List<ProcStats> stats = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            stats.add(cluster.node(i).agent().process().stats());
        }
        return stats;
    }

    private record Replacements(int done, int failed) {}
}
