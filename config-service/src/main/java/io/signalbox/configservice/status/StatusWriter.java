package io.signalbox.configservice.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.kubernetes.ApiRequests;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.registry.ObjectRef;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes back what was decided, while this replica holds the lease. A server that cannot be reached or refuses costs
 * nothing but the news: everything is looked at again later.
 */
public final class StatusWriter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

    /** How often the agents' answers are looked at. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** How long nothing is written after a failure. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** How often everything is compared with what the API server has, in case somebody else changed it. */
    private static final Duration REVIEW = Duration.ofMinutes(10);

    private static final int ROUTES_AT_ONCE = 200;
    private static final double ROUTES_PER_SECOND = 20;
    private static final int EVENTS_AT_ONCE = 25;
    private static final double EVENTS_PER_SECOND = 1;

    private final Leadership leadership;
    private final Supplier<PipelineState> state;
    private final Supplier<List<AgentView>> agents;
    private final RouteConditions routes;
    private final RefusalEvents events;
    private final Budget routeBudget;
    private final Budget eventBudget;
    private final LongSupplier nanoClock;
    private final Semaphore signals = new Semaphore(0);
    private long reviewed;
    private @Nullable Thread thread;

    /**
     * A writer; takes part in nothing yet.
     *
     * @param paths path of an object at the API server; empty while its kind is not served
     */
    public StatusWriter(
            KubernetesClient client,
            LeaseTerms terms,
            Supplier<PipelineState> state,
            Supplier<List<AgentView>> agents,
            Function<ObjectRef, Optional<String>> paths,
            InstantSource clock,
            LongSupplier nanoClock) {
        ApiRequests requests = new ApiRequests(client, new ObjectMapper(), ANSWER_TIMEOUT);
        this.leadership = new Leadership(client, requests, terms);
        this.state = state;
        this.agents = agents;
        this.routes = new RouteConditions(requests, paths, clock);
        this.events = new RefusalEvents(requests, paths, terms.identity(), clock);
        this.routeBudget = new Budget(ROUTES_AT_ONCE, ROUTES_PER_SECOND, nanoClock);
        this.eventBudget = new Budget(EVENTS_AT_ONCE, EVENTS_PER_SECOND, nanoClock);
        this.nanoClock = nanoClock;
    }

    /** Begins. */
    public void start() {
        leadership.start();
        thread = Thread.ofPlatform().daemon().name("status").start(this::run);
    }

    /** Says that there is a new state. Never blocks; any thread. */
    public void changed() {
        signals.release();
    }

    /** Whether this replica writes. */
    public boolean isLeading() {
        return leadership.isLeading();
    }

    private void run() {
        try {
            while (true) {
                signals.tryAcquire(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                signals.drainPermits();
                if (!leadership.isLeading() || nanoClock.getAsLong() - reviewed > REVIEW.toNanos()) {
                    routes.forget();
                    events.forget();
                    reviewed = nanoClock.getAsLong();
                }
                if (leadership.isLeading()) {
                    writeOnce();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeOnce() throws InterruptedException {
        try {
            // The state first: agents are never asked for what is newer than what they are compared with.
            PipelineState now = state.get();
            routes.write(now, agents.get(), routeBudget);
            events.write(now.problems(), eventBudget);
        } catch (ApiFailure e) {
            log.warn("status not written, tried again in {} s: reason={}", PAUSE.toSeconds(), e.reason());
            // Spares the API server; nothing that could be awaited says when it answers again.
            Thread.sleep(PAUSE);
        } catch (RuntimeException e) {
            log.error("status not written; this is a bug", e);
            Thread.sleep(PAUSE);
        }
    }

    /** Ends writing and gives the lease back. */
    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
        leadership.close();
    }
}
