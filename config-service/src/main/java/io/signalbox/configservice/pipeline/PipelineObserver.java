package io.signalbox.configservice.pipeline;

import java.time.Duration;

/** Is told what the pipeline does, on its thread. */
public interface PipelineObserver {
    /** A stage ran; stages that had nothing to do are not told. */
    void onStage(Stage stage, Duration duration);

    /** A new state is in force and published. */
    void onState(PipelineState state);
}
