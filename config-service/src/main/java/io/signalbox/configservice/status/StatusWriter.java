package io.signalbox.configservice.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.kubernetes.ApiRequests;
import io.signalbox.configservice.kubernetes.RequestBudget;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.wire.Published;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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

    private final LeaseTerms terms;
    private final Leadership leadership;
    private final ReplicaLease ownLease;
    private final ReplicaLeases otherLeases;
    private final Supplier<PipelineState> state;
    private final Supplier<List<AgentView>> agents;
    private final Supplier<Published> published;
    private final RouteConditions routes;
    private final RefusalEvents events;
    private final RequestBudget routeBudget;
    private final RequestBudget eventBudget;
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
            Supplier<Published> published,
            Function<ObjectRef, Optional<String>> paths,
            InstantSource clock,
            LongSupplier nanoClock) {
        ApiRequests requests = new ApiRequests(client, new ObjectMapper(), ANSWER_TIMEOUT);
        this.terms = terms;
        this.leadership = new Leadership(client, requests, terms);
        this.state = state;
        this.agents = agents;
        this.published = published;
        this.ownLease = new ReplicaLease(requests, terms, this::statement, clock, nanoClock);
        this.otherLeases = new ReplicaLeases(requests, terms, nanoClock);
        this.routes = new RouteConditions(requests, paths, clock);
        this.events = new RefusalEvents(requests, paths, terms.identity(), clock);
        this.routeBudget = new RequestBudget(ROUTES_AT_ONCE, ROUTES_PER_SECOND, nanoClock);
        this.eventBudget = new RequestBudget(EVENTS_AT_ONCE, EVENTS_PER_SECOND, nanoClock);
        this.nanoClock = nanoClock;
    }

    /** Begins. */
    public void start() {
        leadership.start();
        ownLease.start();
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
            PipelineState now = state.get();
            routes.write(now, world(now), routeBudget);
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

    /** What every replica says of its agents, and what it is compared with. */
    private Programming.World world(PipelineState now) throws ApiFailure, InterruptedException {
        Set<Integer> ports = ports(now);
        SortedMap<String, AgentStatement> replicas = new TreeMap<>(otherLeases.statements());
        replicas.put(terms.identity(), statement(ports));
        return new Programming.World(now.registry(), AgentStatement.published(ports, published.get()), replicas);
    }

    private AgentStatement statement() {
        return statement(ports(state.get()));
    }

    private AgentStatement statement(Set<Integer> ports) {
        // Agents first: what they hold was published before.
        List<AgentView> views = agents.get();
        return AgentStatement.of(views, ports, published.get());
    }

    private static Set<Integer> ports(PipelineState state) {
        return Programming.ports(state.compilation().routeStatuses(), state.registry());
    }

    /** Ends writing and gives the leases back. */
    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
        ownLease.close();
        leadership.close();
    }
}
