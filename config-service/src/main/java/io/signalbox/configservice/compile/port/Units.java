package io.signalbox.configservice.compile.port;

import io.signalbox.config.v1.HostPattern;
import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.compile.backends.BackendSpec;
import io.signalbox.configservice.compile.backends.Destinations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Collects what is made for each host of a port while it is compiled. */
public final class Units {
    private static final class Draft {
        private final List<Resource> resources = new ArrayList<>();
        private final Set<String> backends = new TreeSet<>();
        private final List<HostPattern> hidden = new ArrayList<>();
        private final Findings findings = new Findings();
    }

    private final Destinations destinations;
    private final Map<String, Draft> drafts = new HashMap<>();
    private Draft current;

    Units(Destinations destinations) {
        this.destinations = destinations;
        this.current = enter("");
    }

    private Draft enter(String host) {
        Draft draft = drafts.computeIfAbsent(host, _ -> new Draft());
        destinations.recordInto(draft.backends);
        return draft;
    }

    /** What is made from now on is for that host. */
    public void begin(String host) {
        current = enter(host);
    }

    /** A resource of the present host. */
    public void add(Resource resource) {
        current.resources.add(resource);
    }

    /** A Host value, of the present host, that means nothing to some callers. */
    public void addHidden(HostPattern pattern) {
        current.hidden.add(pattern);
    }

    /** The present host leads to these backends as well, which were made before. */
    public void addBackends(Set<String> names) {
        current.backends.addAll(names);
    }

    Findings findings() {
        return current.findings;
    }

    /** What was made, by host; hosts for which nothing was made are absent. */
    public SortedMap<String, Unit> all() {
        SortedMap<String, BackendSpec> specs = destinations.backends();
        SortedMap<String, Unit> units = new TreeMap<>();
        drafts.forEach((host, draft) -> {
            Unit unit = new Unit(
                    draft.resources,
                    draft.backends.stream()
                            .map(name -> Objects.requireNonNull(specs.get(name)))
                            .toList(),
                    draft.hidden,
                    draft.findings.all());
            if (!unit.resources().isEmpty()
                    || !unit.backends().isEmpty()
                    || !unit.hidden().isEmpty()
                    || !unit.problems().isEmpty()) {
                units.put(host, unit);
            }
        });
        return units;
    }
}
