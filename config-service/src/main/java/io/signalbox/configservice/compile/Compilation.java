package io.signalbox.configservice.compile;

import io.signalbox.configservice.compile.gateway.RouteStatus;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.snapshot.Snapshot;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What compiling a registry gave, and what the next compilation starts from. Immutable. */
public final class Compilation {
    /** Of the empty registry. */
    public static final Compilation EMPTY =
            new Compilation(Registry.EMPTY, Snapshot.EMPTY, Set.of(), List.of(), null, List.of(), new TreeMap<>());

    private final Registry registry;
    private final Snapshot snapshot;
    private final Set<Integer> changedPorts;
    private final List<Problem> problems;
    private final @Nullable Model model;
    private final List<Problem> review;
    private final SortedMap<Integer, CompiledPort> ports;

    Compilation(
            Registry registry,
            Snapshot snapshot,
            Set<Integer> changedPorts,
            List<Problem> problems,
            @Nullable Model model,
            List<Problem> review,
            SortedMap<Integer, CompiledPort> ports) {
        this.registry = registry;
        this.snapshot = snapshot;
        this.changedPorts = Collections.unmodifiableSet(new TreeSet<>(changedPorts));
        this.problems = problems;
        this.model = model;
        this.review = List.copyOf(review);
        this.ports = ports;
    }

    /** What was compiled. */
    public Registry registry() {
        return registry;
    }

    /** The result. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** The ports whose content is another than before, ordered. */
    public Set<Integer> changedPorts() {
        return changedPorts;
    }

    /** All findings, ordered. */
    public List<Problem> problems() {
        return problems;
    }

    /** The state of every route of the Gateway API. */
    public List<RouteStatus> routeStatuses() {
        return model == null ? List.of() : model.routeStatuses();
    }

    /** Null before the first compilation. */
    @Nullable
    Model model() {
        return model;
    }

    /** Findings about the whole, without places. */
    List<Problem> review() {
        return review;
    }

    SortedMap<Integer, CompiledPort> ports() {
        return ports;
    }
}
