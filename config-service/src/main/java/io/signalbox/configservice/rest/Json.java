package io.signalbox.configservice.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;

/** JSON as the API writes it: snake_case, indented, times in ISO 8601. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private Json() {}

    static void send(ServerResponse response, Object value) {
        send(response, Status.OK_200, "application/json", value);
    }

    /** Sends text that is JSON already, in the form that all answers have: it may have escapes that nobody needs. */
    static void sendText(ServerResponse response, String json) {
        try {
            send(response, MAPPER.readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("json: " + json + " (expected: JSON)", e);
        }
    }

    static void send(ServerResponse response, Status status, String mediaType, Object value) {
        response.status(status).header(HeaderNames.CONTENT_TYPE, mediaType).send(bytes(value));
    }

    static byte[] bytes(Object value) {
        try {
            return (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the API's own views can be written", e);
        }
    }
}
