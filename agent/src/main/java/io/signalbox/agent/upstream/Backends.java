package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Place;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.resolve.Names;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.stats.EndpointStats;
import io.signalbox.agent.stats.LoopStats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What the event loops share of all backends. Thread-safe. The control side prepares every backend before it is put in
 * force; a loop asks for what is prepared, once per backend and form.
 */
public final class Backends {
    /** How often the files of TLS are looked at. */
    private static final long FILE_CHECK_MILLIS = 2000;

    private final Map<String, SharedBackend> backends = new ConcurrentHashMap<>();
    private final List<LoopStats> loops = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService upkeep;
    private final LongSupplier nanos;
    private final Names names;
    private final Consumer<BackendPlan> onChange;
    private volatile Place place;

    /**
     * @param place where the agent's callers run
     * @param upkeep runs what is due now and then, apart from the event loops
     * @param nanos the clock
     * @param onChange gets plans that neither a snapshot nor {@link #move} brought about, on the upkeep thread; they
     *     are to be handed to every loop
     */
    public Backends(
            Place place,
            ScheduledExecutorService upkeep,
            LongSupplier nanos,
            Names names,
            Consumer<BackendPlan> onChange) {
        this.place = place;
        this.upkeep = upkeep;
        this.nanos = nanos;
        this.names = names;
        this.onChange = onChange;
    }

    /** Begins what is done now and then. */
    public void start() {
        upkeep.scheduleWithFixedDelay(
                () -> backends.values().forEach(SharedBackend::refreshFiles),
                FILE_CHECK_MILLIS,
                FILE_CHECK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    Names names() {
        return names;
    }

    /** Another loop uses these backends. */
    void register(LoopStats loop) {
        loops.add(loop);
    }

    /** Requests and TCP connections that run on these addresses, on all loops. */
    long activeRequests(List<Endpoint> addresses) {
        long sum = 0;
        for (LoopStats loop : loops) {
            for (Endpoint address : addresses) {
                EndpointStats stats = loop.endpoints().get(address);
                sum += stats == null ? 0 : stats.active.get();
            }
        }
        return sum;
    }

    /** The plan of this form of a backend, or of a newer one; made if it is not there. */
    public BackendPlan plan(PreparedBackend prepared) {
        SharedBackend known = backends.get(prepared.key());
        if (known == null) {
            known = backends.computeIfAbsent(
                    prepared.key(), key -> new SharedBackend(prepared, place, upkeep, nanos, names, onChange));
        }
        return known.planOf(prepared, place);
    }

    /**
     * The agent's callers run elsewhere than before.
     *
     * @return plans of the backends for which that makes a difference
     */
    public List<BackendPlan> move(Place newPlace) {
        List<BackendPlan> changed = new ArrayList<>();
        if (!place.equals(newPlace)) {
            place = newPlace;
            for (SharedBackend backend : backends.values()) {
                BackendPlan plan = backend.move(newPlace);
                if (plan != null) {
                    changed.add(plan);
                }
            }
        }
        return changed;
    }

    /** What an operator sees of each, ordered by key. */
    public List<BackendReport> reports() {
        return reports(backend -> true);
    }

    /** What an operator sees of those with limits, outlier detection or TLS. */
    public List<BackendReport> reportsWithPolicies() {
        return reports(SharedBackend::hasPolicies);
    }

    private List<BackendReport> reports(Predicate<SharedBackend> wanted) {
        return backends.values().stream()
                .filter(wanted)
                .map(backend -> backend.report(address -> activeRequests(List.of(address))))
                .sorted(Comparator.comparing(BackendReport::backend))
                .toList();
    }

    /** A backend is gone, in this form and in older ones. */
    public void remove(PreparedBackend gone) {
        backends.computeIfPresent(gone.key(), (key, known) -> {
            if (known.plan().prepared().generation() > gone.generation()) {
                return known;
            }
            known.close();
            return null;
        });
    }
}
