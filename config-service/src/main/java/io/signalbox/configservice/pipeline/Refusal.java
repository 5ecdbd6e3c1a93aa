package io.signalbox.configservice.pipeline;

import io.signalbox.configservice.registry.Problem;
import java.util.List;

/**
 * A declaration that does not count. What the object declared before stays in force, if there was something.
 *
 * @param generation which version of the declaration it is, as the API server counts; 0: unknown
 * @param problems what is wrong with it, at least one error, and what else was found
 */
public record Refusal(long generation, List<Problem> problems) {
    public Refusal {
        problems = List.copyOf(problems);
    }
}
