package io.signalbox.loadtest.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.loadtest.harness.Launchers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Many agents follow a config service whose registry changes all the time. */
class FleetIT {
    private static final int AGENTS = 50;

    /** The run itself fails when a version is not the hash of its content, or when deltas end at other content. */
    @Test
    void everyAgentGetsEveryChangeAndEndsWithWhatAFullFetchGives() throws Exception {
        Map<String, Object> figures = new FleetRun(
                        new LargeRegistry(200, 5, 50),
                        AGENTS,
                        10,
                        2,
                        100,
                        20,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3))
                .run(Launchers.root().resolve("loadtest/target/e2e/FleetIT"));

        assertThat(figures)
                .containsEntry("changes", 300)
                .containsEntry("agents that end with the versions of a full fetch", AGENTS);
        assertThat((Long) figures.get("versions checked by content")).isPositive();
    }
}
