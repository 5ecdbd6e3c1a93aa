package io.signalbox.loadtest.bench.bed;

import io.signalbox.loadtest.bench.bed.Candidate.Condition;
import io.signalbox.loadtest.harness.Mesh;
import io.signalbox.loadtest.harness.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What happens to an agent while it is measured.
 *
 * @param mesh that it belongs to
 * @param port of the services that come and go: that of the service which is measured, so that they share its tables
 */
record Activities(Mesh mesh, int port) {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int STORM_SERVICES = 20;
    private static final long STORM_MILLIS = 50;
    private static final long SCRAPE_MILLIS = 1000;

    /** What happens under that condition. */
    Activity of(Condition condition) {
        return switch (condition) {
            case NONE, TRACED -> Activity.NONE;
            case TEN_SERVICES -> () -> load(10);
            case THOUSAND_SERVICES -> () -> load(1_000);
            case FIVE_THOUSAND_SERVICES -> () -> load(5_000);
            case STORM -> this::storm;
            case SCRAPED ->
                () -> every(SCRAPE_MILLIS, turn -> mesh.agent().admin().metrics());
        };
    }

    private Activity.Running load(int services) {
        FillerServices filler = new FillerServices(services, port);
        Path file = mesh.registry().directory().resolve("filler.yaml");
        mesh.registry().replace(file, filler.yaml(0));
        await(filler, true);
        return () -> {
            delete(file);
            await(filler, false);
        };
    }

    /** Endpoints of some services change at every turn. */
    private Activity.Running storm() {
        FillerServices filler = new FillerServices(STORM_SERVICES, port);
        Path file = mesh.registry().directory().resolve("storm.yaml");
        mesh.registry().replace(file, filler.yaml(0));
        await(filler, true);
        double before = pushes();
        Activity.Running changes = every(STORM_MILLIS, turn -> mesh.registry().replace(file, filler.yaml(turn)));
        return () -> {
            changes.close();
            if (pushes() == before) {
                throw new IllegalStateException("storm: no push reached the agent (expected: one for most changes)");
            }
            delete(file);
            await(filler, false);
        };
    }

    private double pushes() {
        return mesh.agent().admin().metrics().sum("signalbox_config_pushes_total");
    }

    private void await(FillerServices filler, boolean isThere) {
        Poll.until(
                DEADLINE,
                () -> filler.lastAddress() + ": " + (isThere ? "nobody listens" : "somebody still listens"),
                () -> accepts(filler.lastAddress()) == isThere);
    }

    private boolean accepts(String address) {
        try (Socket socket = new Socket(InetAddress.ofLiteral(address), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static Activity.Running every(long millis, Turn action) {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().daemon().name("bench-activity").start(() -> {
            try {
                for (int turn = 1; !end.await(millis, TimeUnit.MILLISECONDS); turn++) {
                    action.take(turn);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return () -> {
            end.countDown();
            try {
                thread.join(DEADLINE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Turn {
        void take(int turn);
    }
}
