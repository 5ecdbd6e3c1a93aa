package io.signalbox.loadtest.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Reads the admin endpoint of an agent, or the REST API of a config service. */
public final class AdminClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    private final String base;

    AdminClient(int port) {
        this.base = "http://127.0.0.1:" + port;
    }

    /** Of the program that serves that port of 127.0.0.1. */
    public static AdminClient at(int port) {
        return new AdminClient(port);
    }

    /** Address of that path, for people. */
    public String url(String path) {
        return base + path;
    }

    /** Whether the path answers with 200. */
    public boolean isOk(String path) {
        try {
            return send(path).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** The JSON that the path answers with. */
    public JsonNode json(String path) {
        try {
            return JSON.readTree(text(path));
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    /** The JSON that the path answers to this document; fails unless the status is 200. */
    public JsonNode post(String path, JsonNode document) {
        try {
            HttpResponse<String> response = exchange(HttpRequest.newBuilder(URI.create(base + path))
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(document))));
            if (response.statusCode() != 200) {
                throw new IOException(base + path + ": " + response.statusCode() + " " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Prometheus metrics. */
    public Metrics metrics() {
        return Metrics.parse(text("/metrics"));
    }

    private String text(String path) {
        try {
            HttpResponse<String> response = send(path);
            if (response.statusCode() != 200) {
                throw new IOException(base + path + ": " + response.statusCode() + " " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> send(String path) throws IOException {
        return exchange(HttpRequest.newBuilder(URI.create(base + path)));
    }

    private static HttpResponse<String> exchange(HttpRequest.Builder request) throws IOException {
        try {
            return HTTP.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
