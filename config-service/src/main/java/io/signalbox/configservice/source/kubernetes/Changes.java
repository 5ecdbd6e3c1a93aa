package io.signalbox.configservice.source.kubernetes;

import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.source.SourceUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What changed since it was last taken: of each unit only its newest form. Safe for use by several threads. */
final class Changes {
    private Map<String, Optional<SourceUnit>> units = new LinkedHashMap<>();

    synchronized void put(SourceUnit unit) {
        units.put(unit.name(), Optional.of(unit));
    }

    synchronized void remove(String name) {
        units.put(name, Optional.empty());
    }

    /** All of it, and forgets it. */
    SourceChange take(List<Problem> problems) {
        Map<String, Optional<SourceUnit>> taken;
        synchronized (this) {
            taken = units;
            units = new LinkedHashMap<>();
        }
        List<SourceUnit> changed = new ArrayList<>(taken.size());
        List<String> removed = new ArrayList<>();
        taken.forEach((name, unit) -> unit.ifPresentOrElse(changed::add, () -> removed.add(name)));
        return new SourceChange(changed, removed, problems);
    }
}
