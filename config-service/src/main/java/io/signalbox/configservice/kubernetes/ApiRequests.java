package io.signalbox.configservice.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Client;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests with JSON of any shape, over a client's connections and credentials. Block; any thread. Paths are relative
 * to the API server's, such as {@code api/v1/pods}.
 */
public final class ApiRequests {
    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    /** Longest text of a failure that is passed on. */
    private static final int MAX_QUOTED = 300;

    private final HttpClient http;
    private final URI base;
    private final ObjectMapper json;
    private final Duration timeout;

    /**
     * Requests of a client.
     *
     * @param json reads and writes
     * @param timeout how long an answer may take to arrive whole
     */
    public ApiRequests(Client client, ObjectMapper json, Duration timeout) {
        this.http = client.getHttpClient();
        this.base = URI.create(client.getMasterUrl().toString());
        this.json = json;
        this.timeout = timeout;
    }

    /** What reads and writes. */
    public ObjectMapper json() {
        return json;
    }

    /** The answer to a GET. */
    public byte[] get(String path) throws ApiFailure, InterruptedException {
        return send(http.newHttpRequestBuilder().uri(base.resolve(path)).build());
    }

    /** The object at a path. */
    public JsonNode object(String path) throws ApiFailure, InterruptedException {
        return read(get(path));
    }

    /** Creates an object in a collection. */
    public void create(String path, JsonNode object) throws ApiFailure, InterruptedException {
        send(http.newHttpRequestBuilder()
                .uri(base.resolve(path))
                .post("application/json", object.toString())
                .build());
    }

    /** Changes the object at a path by the operations of a JSON patch (RFC 6902). */
    public void patch(String path, JsonNode operations) throws ApiFailure, InterruptedException {
        send(http.newHttpRequestBuilder()
                .uri(base.resolve(path))
                .patch(JSON_PATCH, operations.toString())
                .build());
    }

    /** Puts the fields of a merge patch (RFC 7386) into the object at a path. */
    public void merge(String path, JsonNode fields) throws ApiFailure, InterruptedException {
        send(http.newHttpRequestBuilder()
                .uri(base.resolve(path))
                .patch(MERGE_PATCH, fields.toString())
                .build());
    }

    /** Removes the object at a path. */
    public void delete(String path) throws ApiFailure, InterruptedException {
        send(http.newHttpRequestBuilder()
                .uri(base.resolve(path))
                .delete("application/json", "{}")
                .build());
    }

    /** Opens a WebSocket; the listener hears of it before this returns. */
    public WebSocket open(String path, WebSocket.Listener listener) throws ApiFailure, InterruptedException {
        // Kubernetes' WebSocket endpoint refuses requests without an origin.
        return await(
                http.newWebSocketBuilder()
                        .uri(base.resolve(path))
                        .setHeader("Origin", base.getScheme() + "://" + base.getAuthority())
                        .buildAsync(listener),
                timeout);
    }

    private byte[] send(HttpRequest request) throws ApiFailure, InterruptedException {
        HttpResponse<byte[]> response = await(http.sendAsync(request, byte[].class), timeout);
        if (!response.isSuccessful()) {
            throw failure(response.code(), new String(response.body(), StandardCharsets.UTF_8));
        }
        return response.body();
    }

    /** Reads an answer. */
    public JsonNode read(byte[] answer) throws ApiFailure {
        try {
            return json.readTree(answer);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** An answer that is no JSON. */
    public static ApiFailure unreadable(IOException e) {
        return new ApiFailure(ApiFailure.NO_ANSWER, "the answer cannot be read: " + e.getMessage());
    }

    /** What a future comes to, as far as it does in time. */
    public static <T extends @Nullable Object> T await(CompletableFuture<T> answer, Duration timeout)
            throws ApiFailure, InterruptedException {
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ApiFailure(ApiFailure.NO_ANSWER, "no answer within " + timeout.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private static ApiFailure failure(@Nullable Throwable cause) {
        if (cause instanceof ApiFailure failure) {
            return failure;
        }
        if (cause instanceof WebSocketHandshakeException handshake) {
            int code = handshake.getResponse().code();
            return new ApiFailure(code, "HTTP status " + code);
        }
        if (cause == null) {
            return new ApiFailure(ApiFailure.NO_ANSWER, "no answer");
        }
        String message = cause.getMessage();
        return new ApiFailure(
                ApiFailure.NO_ANSWER, cause.getClass().getSimpleName() + (message == null ? "" : ": " + message));
    }

    /** A failure with what the server says, which as a rule is a Status object. */
    private ApiFailure failure(int code, String body) {
        String message = body;
        try {
            message = json.readTree(body).path("message").asText(body);
        } catch (IOException e) {
            // Proxies answer with texts of their own.
            message = body;
        }
        String quoted = message.length() > MAX_QUOTED ? message.substring(0, MAX_QUOTED) : message;
        return new ApiFailure(code, quoted.isBlank() ? "HTTP status " + code : quoted);
    }
}
