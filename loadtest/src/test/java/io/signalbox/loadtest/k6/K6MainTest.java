package io.signalbox.loadtest.k6;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class K6MainTest {
    private final StringWriter errors = new StringWriter();

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of(List.of(), "Missing required parameter: 'SCRIPT'"),
                Arguments.of(List.of("https"), "expected one of [HTTP, GRPC, MIXED, CHURN, SOAK, SPIKE]"),
                Arguments.of(List.of("http", "-e", "RATE=5"), "-e: RATE (expected: LOAD_...)"),
                Arguments.of(List.of("http", "-e", "LOAD_SECONDS=1m"), "-e: LOAD_SECONDS: 1m (expected: a number)"),
                Arguments.of(List.of("http", "--replicas", "1"), "--replicas: 1 (expected: 2 to 50)"),
                Arguments.of(List.of("http", "--max-spread", "-1"), "--max-spread: -1.0 (expected: at least 0)"),
                Arguments.of(
                        List.of("churn", "--churn-interval-millis", "5"),
                        "--churn-interval-millis: 5 (expected: at least 50)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void wrongArgumentsAreNamed(List<String> arguments, String message) {
        assertThat(execute(arguments)).isEqualTo(2);
        assertThat(errors.toString()).contains(message);
    }

    @Test
    void aMissingK6IsNamed(@TempDir Path directory) {
        Path missing = directory.resolve("k6");

        assertThat(execute(List.of("http", "--k6", missing.toString(), "--out", directory.toString())))
                .isEqualTo(1);
        assertThat(errors.toString()).contains("k6: --k6: " + missing + " (expected: a program)");
    }

    private int execute(List<String> arguments) {
        return K6Main.commandLine().setErr(new PrintWriter(errors, true)).execute(arguments.toArray(String[]::new));
    }
}
