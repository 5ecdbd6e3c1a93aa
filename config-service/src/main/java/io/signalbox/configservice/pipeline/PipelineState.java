package io.signalbox.configservice.pipeline;

import io.signalbox.configservice.compile.Compilation;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Registry;
import java.util.List;
import java.util.Map;

/**
 * What the pipeline last made.
 *
 * @param loaded whether the first load is done
 * @param compilation registry and snapshot in force
 * @param refused declarations that do not count, by object
 * @param problems all findings of this moment, of reading, validation and compilation, ordered
 */
public record PipelineState(
        boolean loaded, Compilation compilation, Map<ObjectRef, Refusal> refused, List<Problem> problems) {
    /** Before the first load. */
    public static final PipelineState INITIAL = new PipelineState(false, Compilation.EMPTY, Map.of(), List.of());

    public PipelineState {
        refused = Map.copyOf(refused);
        problems = List.copyOf(problems);
    }

    /** What is declared and in force. */
    public Registry registry() {
        return compilation.registry();
    }
}
