package io.signalbox.loadtest.k6;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs a program that only looks like k6. */
class K6RunTest {
    @TempDir
    private Path directory;

    @Test
    void theScriptIsRunWithItsSettings() throws IOException, InterruptedException {
        Path k6 = fake("echo \"$@\"; echo \"$LOAD_TOPOLOGY $LOAD_OUT $LOAD_SECONDS\"; exit 99");

        assertThat(run(k6, Duration.ofSeconds(60))).isEqualTo(99);
        assertThat(Files.readString(directory.resolve("k6.log")))
                .contains("loadtest/k6/spike.js\n")
                .contains(directory.resolve("topology.json") + " " + directory + " 7\n");
    }

    @Test
    void aRunThatDoesNotEndIsEnded() throws IOException {
        Path k6 = fake("echo $$ > " + directory.resolve("pid") + "; exec sleep 600");

        assertThatThrownBy(() -> run(k6, Duration.ofSeconds(1)))
                .hasMessage("k6: still runs after 1 s (expected: its end)");
        long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                .isFalse();
    }

    @Test
    void theFirstK6OfThePathIsTakenThatIsNotTheLauncher() throws IOException, InterruptedException {
        Path k6 = fake("echo k6 v1.1.0");
        Path launchers = Path.of("bin").toAbsolutePath();

        assertThat(K6Binary.find(null, directory.resolve("nothing") + ":" + launchers + ":" + directory + ":/usr/bin"))
                .isEqualTo(k6);
        assertThat(K6Binary.version(k6, directory.resolve("version.log"))).isEqualTo("k6 v1.1.0");
    }

    @ParameterizedTest
    @EnumSource(Script.class)
    void everyScriptIsThere(Script script) {
        assertThat(Path.of("k6", script.id() + ".js")).exists();
    }

    @Test
    void everyRuleThatIsToldOfIsWritten() {
        String yaml = K6Rules.yaml(K6Rules.CANARY_PERCENT);

        for (JsonNode route : K6Rules.routes()) {
            assertThat(yaml).contains("{x-route: " + route.get("rule").asText() + "}");
        }
    }

    private int run(Path k6, Duration deadline) throws IOException, InterruptedException {
        return K6Run.run(
                k6, Script.SPIKE, directory, directory.resolve("topology.json"), Map.of("LOAD_SECONDS", "7"), deadline);
    }

    private Path fake(String commands) throws IOException {
        Path k6 = Files.writeString(directory.resolve("k6"), "#!/bin/sh\n" + commands + "\n");
        return Files.setPosixFilePermissions(k6, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
