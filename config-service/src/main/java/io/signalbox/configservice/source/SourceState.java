package io.signalbox.configservice.source;

import io.signalbox.configservice.registry.Problem;
import java.util.List;

/**
 * All that a registry source holds at one moment.
 *
 * @param units ordered by name; a unit that did not change is the same object as before
 * @param problems findings about the source itself
 */
public record SourceState(List<SourceUnit> units, List<Problem> problems) {
    /** Nothing. */
    public static final SourceState EMPTY = new SourceState(List.of(), List.of());

    public SourceState {
        units = List.copyOf(units);
        problems = List.copyOf(problems);
    }

    /** Whether the other state has the very same units, and equal problems. */
    @SuppressWarnings("ReferenceEquality") // see the parameter units
    public boolean isSameAs(SourceState other) {
        if (units.size() != other.units.size() || !problems.equals(other.problems)) {
            return false;
        }
        for (int i = 0; i < units.size(); i++) {
            if (units.get(i) != other.units.get(i)) {
                return false;
            }
        }
        return true;
    }
}
