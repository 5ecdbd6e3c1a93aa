package io.signalbox.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.loadtest.bench.bed.Activity;
import io.signalbox.loadtest.bench.bed.Contender;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineupTest {
    @TempDir
    private Path directory;

    private ProgramProcess process;

    @BeforeEach
    void start() throws IOException {
        process = ProgramProcess.start("cat", List.of("cat"), Map.of(), directory.resolve("log"));
    }

    @AfterEach
    void stop() {
        process.close();
    }

    private Contender contender(String name, boolean isWarmedUp) {
        return new Contender(name, "127.0.0.1:1", "web", process, Activity.NONE, isWarmedUp);
    }

    @Test
    void aPeerThatFailsIsLeftOutAndTheOthersGoOn() throws Exception {
        Lineup lineup =
                new Lineup(List.of(contender("agent", true), contender("nginx", false), contender("haproxy", false)));
        List<String> reached = new ArrayList<>();
        lineup.each(contender -> {
            if (contender.name().equals("nginx")) {
                throw new IOException("requests failed\nmore");
            }
            reached.add(contender.name());
        });
        lineup.rotate();
        lineup.each(contender -> reached.add(contender.name()));

        assertThat(reached).containsExactly("agent", "haproxy", "haproxy", "agent");
        assertThat(lineup.leftOut()).isEqualTo(Map.of("nginx", "requests failed"));
    }

    @Test
    void anAgentThatFailsEndsTheWorkload() {
        Lineup lineup = new Lineup(List.of(contender("agent", true), contender("nginx", false)));
        assertThatThrownBy(() -> lineup.each(contender -> {
                    throw new IOException(contender.name() + " failed");
                }))
                .hasMessage("agent failed");
    }
}
