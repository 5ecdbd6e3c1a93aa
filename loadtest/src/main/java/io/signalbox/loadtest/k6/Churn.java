package io.signalbox.loadtest.k6;

import io.signalbox.loadtest.backend.Backend;
import io.signalbox.loadtest.backend.GrpcBackend;
import io.signalbox.loadtest.backend.HttpBackend;
import io.signalbox.loadtest.harness.MeshService;
import io.signalbox.loadtest.harness.ServiceSpec;
import io.signalbox.loadtest.harness.ServiceSpec.PortProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Changes the system at intervals, on a thread of its own, until it is closed: a rolling update of both main services
 * without end, other rules, a service that comes and goes, and now and then a config service that restarts.
 *
 * <p>Backends leave as pods do: out of the registry first, told to stop a while later.
 */
final class Churn implements AutoCloseable {
    /** Endpoints that each service may get during a run. */
    static final int LATER_ENDPOINTS = 200;

    private static final long GRACE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int KINDS = 6;
    private static final int STEPS_PER_RESTART = 24;

    private final K6World world;
    private final Duration interval;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Deque<Leaving> leaving = new ArrayDeque<>();
    private final List<String> removed = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Thread thread;
    private int steps;
    private int restarts;

    private record Leaving(Backend backend, long removedNanos) {}

    Churn(K6World world, Duration interval) {
        this.world = world;
        this.interval = interval;
        this.thread = Thread.ofPlatform().daemon().name("churn").start(this::run);
    }

    /** What went wrong in making changes, once it is closed. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** What it did, once it is closed. */
    String did() {
        return steps + " changes: " + removed.size() + " endpoints replaced, " + restarts
                + " restarts of the config service";
    }

    /** Endpoints that were in the registry for long enough to have got requests, once it is closed. */
    Collection<String> expectedEndpoints() {
        return new TreeSet<>(removed);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            // k6 takes seconds to begin, and whoever leaves before could not have answered.
            boolean begun = false;
            while (problems.isEmpty() && !closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                begun = begun || areAllBusy();
                if (begun) {
                    step();
                    steps++;
                    stopThoseThatLeft();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            problems.add("churn: " + e);
        }
    }

    private boolean areAllBusy() {
        return world.catalog().backends().stream().allMatch(backend -> backend.requests() > 0)
                && world.orders().backends().stream().allMatch(backend -> backend.calls() > 0);
    }

    private void step() throws IOException {
        switch (steps % KINDS) {
            case 0 -> add(world.catalog());
            case 1 -> removeEldest(world.catalog());
            case 2 -> add(world.orders());
            case 3 -> removeEldest(world.orders());
            case 4 -> world.writeRules(steps % (2 * KINDS) == 4 ? 50 : K6Rules.CANARY_PERCENT);
            default -> comeOrGo();
        }
        if (steps % STEPS_PER_RESTART == STEPS_PER_RESTART - 1) {
            world.mesh().configService().close();
            world.mesh().configService().restart();
            restarts++;
        }
    }

    private void add(MeshService<?> service) throws IOException {
        if (removed.size() >= LATER_ENDPOINTS) {
            problems.add("churn: " + removed.size()
                    + " endpoints used up (expected: a longer --churn-interval-millis for so long a run)");
        } else {
            service.add();
        }
    }

    private <B extends Backend> void removeEldest(MeshService<B> service) {
        B eldest = service.backends().getFirst();
        service.remove(eldest);
        removed.add(eldest.name());
        leaving.add(new Leaving(eldest, System.nanoTime()));
    }

    /** A service that nobody calls. */
    private void comeOrGo() throws IOException {
        ServiceSpec passing = ServiceSpec.of("passing", PortProtocol.HTTP)
                .withClusterIp("127.1.0.250")
                .withPort(11_999)
                .withTargetPort(11_998);
        Path file = world.mesh().registry().serviceFile(passing);
        if (!Files.deleteIfExists(file)) {
            world.mesh().registry().writeService(passing, List.of());
        }
    }

    private void stopThoseThatLeft() throws InterruptedException {
        while (!leaving.isEmpty() && System.nanoTime() - leaving.getFirst().removedNanos() > GRACE_NANOS) {
            switch (leaving.removeFirst().backend()) {
                case HttpBackend http -> http.drain();
                case GrpcBackend grpc -> grpc.drain();
                case Backend other -> other.close();
            }
        }
    }
}
