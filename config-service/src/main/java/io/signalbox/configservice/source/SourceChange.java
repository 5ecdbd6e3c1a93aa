package io.signalbox.configservice.source;

import io.signalbox.configservice.registry.Problem;
import java.util.List;

/**
 * What a registry source has new since it was last read; the first time that is everything.
 *
 * @param changed units that are new or others than before, each once
 * @param removed names of the units that are gone
 * @param problems all findings about the source itself at this moment, whether they are new or not
 */
public record SourceChange(List<SourceUnit> changed, List<String> removed, List<Problem> problems) {
    public SourceChange {
        changed = List.copyOf(changed);
        removed = List.copyOf(removed);
        problems = List.copyOf(problems);
    }

    /** Whether no unit is new, another, or gone. */
    public boolean isEmpty() {
        return changed.isEmpty() && removed.isEmpty();
    }
}
