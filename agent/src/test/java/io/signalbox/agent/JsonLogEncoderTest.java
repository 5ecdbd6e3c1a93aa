package io.signalbox.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonLogEncoderTest {
    private static final Logger LOGGER = new LoggerContext().getLogger("io.signalbox.agent.Agent");

    private static String encode(String message, @Nullable Throwable thrown, Object... arguments) {
        LoggingEvent event =
                new LoggingEvent(JsonLogEncoderTest.class.getName(), LOGGER, Level.WARN, message, thrown, arguments);
        event.setThreadName("main");
        event.setInstant(Instant.parse("2026-11-24T00:30:14.300Z"));
        return new String(new JsonLogEncoder().encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void writesOneObjectALine() {
        assertThat(encode("push applied: revision={}", null, 9)).isEqualTo("""
                {"@timestamp":"2026-11-24T00:30:14.300Z","message":"push applied: revision=9",\
                "logger_name":"io.signalbox.agent.Agent","thread_name":"main","level":"WARN"}
                """);
    }

    @Test
    void keepsAMessageWithLineBreaksAndQuotesOnOneLine() throws IOException {
        String message = "a \"host\"\nname: b\u0007";

        String line = encode(message, null);

        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        assertThat(new ObjectMapper().readTree(line).get("message").asText()).isEqualTo(message);
    }

    @Test
    void writesWhatWasThrown() throws IOException {
        JsonNode line = new ObjectMapper().readTree(encode("refused", new IOException("port 1", new Error("deeper"))));

        assertThat(line.get("stack_trace").asText())
                .startsWith("java.io.IOException: port 1")
                .contains("Caused by: java.lang.Error: deeper", "at " + JsonLogEncoderTest.class.getName());
    }
}
