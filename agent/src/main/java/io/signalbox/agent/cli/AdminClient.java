package io.signalbox.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks the admin endpoint of the agent that runs on this node. */
final class AdminClient {
    static final int DEFAULT_PORT = 15_000;

    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final int READ_TIMEOUT_MILLIS = 10_000;
    private static final int MAX_PORT = 65_535;

    private final int port;

    AdminClient(int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("--admin-port: " + port + " (expected: 1 to " + MAX_PORT + ")");
        }
        this.port = port;
    }

    /**
     * What came back.
     *
     * @param status of HTTP; 0 when no agent answered
     * @param text the answer, or why there is none
     */
    record Answer(int status, String text) {
        boolean isGood() {
            return status == HttpURLConnection.HTTP_OK;
        }

        /** Whether the question itself makes no sense. */
        boolean isRefused() {
            return status == HttpURLConnection.HTTP_BAD_REQUEST;
        }
    }

    Answer explain(String question) {
        String address = "127.0.0.1:" + port;
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://" + address + "/explain").toURL().openConnection();
            connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
            connection.setReadTimeout(READ_TIMEOUT_MILLIS);
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(question.getBytes(StandardCharsets.UTF_8));
            }
            int status = connection.getResponseCode();
            boolean isGood = status == HttpURLConnection.HTTP_OK;
            try (InputStream in = isGood ? connection.getInputStream() : connection.getErrorStream()) {
                String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
                return new Answer(status, isGood ? text : problem(status, text));
            }
        } catch (IOException e) {
            return new Answer(
                    0,
                    "no agent answers on " + address + ": " + e.getMessage()
                            + " (is it running? --admin-port names another port)");
        }
    }

    private static String problem(int status, String text) {
        try {
            String detail = new ObjectMapper().readTree(text).path("detail").asText("");
            return detail.isEmpty() ? "the agent answered " + status : detail;
        } catch (JsonProcessingException e) {
            return "the agent answered " + status + (text.isBlank() ? "" : ": " + text.strip());
        }
    }
}
