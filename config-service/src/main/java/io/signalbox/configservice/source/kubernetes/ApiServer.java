package io.signalbox.configservice.source.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.client.Client;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.signalbox.configservice.source.manifest.ResourceKind;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server, over the client's connections and credentials. Objects are handed on as they are parsed, without
 * the client's model in between: of most of them little is kept. Blocks; any thread.
 */
final class ApiServer {
    /** A watch that the server does not end when it should is ended this much later. */
    private static final Duration WATCH_GRACE = Duration.ofSeconds(15);

    /** Longest text of a failure that is passed on. */
    private static final int MAX_QUOTED = 300;

    private final HttpClient http;
    private final URI base;
    private final Pace pace;
    private final ObjectMapper json =
            JsonMapper.builder().nodeFactory(new SharedTexts()).build();

    /** The end of a page of a list: the state that it shows, and what leads to the next one; empty: it was the last. */
    record Page(String resourceVersion, String next) {}

    ApiServer(Client client, Pace pace) {
        this.http = client.getHttpClient();
        this.base = URI.create(client.getMasterUrl().toString());
        this.pace = pace;
    }

    /** The version in which the kind is served, the preferred one of several; empty when it is not defined. */
    Optional<String> servedVersion(ResourceKind kind) throws ApiFailure, InterruptedException {
        if (kind.builtIn()) {
            return Optional.of(kind.versions().getFirst());
        }
        for (String version : kind.versions()) {
            for (JsonNode resource : resources(kind.group(), version)) {
                if (resource.path("name").asText("").equals(kind.plural())) {
                    return Optional.of(version);
                }
            }
        }
        return Optional.empty();
    }

    private JsonNode resources(String group, String version) throws ApiFailure, InterruptedException {
        try {
            return json.readTree(get("apis/" + group + "/" + version)).path("resources");
        } catch (ApiFailure e) {
            if (e.code() == ApiFailure.NOT_FOUND) {
                return MissingNode.getInstance();
            }
            throw e;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * Reads one page of a list.
     *
     * @param path such as {@code api/v1/pods}
     * @param from what the page before said; empty: the first one
     */
    Page list(String path, String from, Consumer<JsonNode> each) throws ApiFailure, InterruptedException {
        String next = from.isEmpty() ? "" : "&continue=" + URLEncoder.encode(from, StandardCharsets.UTF_8);
        byte[] body = get(path + "?limit=" + pace.pageObjects() + next);
        JsonNode metadata = MissingNode.getInstance();
        try (JsonParser parser = json.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ApiFailure(ApiFailure.NO_ANSWER, "the answer is no list");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("metadata")) {
                    metadata = json.readTree(parser);
                } else if (field.equals("items") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        each.accept(json.readTree(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        return new Page(
                metadata.path("resourceVersion").asText(""),
                metadata.path("continue").asText(""));
    }

    /**
     * Follows changes until the server or {@link Pace#watchLifetime} ends it.
     *
     * @param path such as {@code api/v1/pods}
     * @param resourceVersion the state from which on
     * @param onOpen run when the server has agreed
     * @throws ApiFailure when it broke; with {@link ApiFailure#GONE} when the server does not remember that state
     */
    void watch(String path, String resourceVersion, Runnable onOpen, Consumer<WatchEvent> each)
            throws ApiFailure, InterruptedException {
        WatchListener listener = new WatchListener(json, onOpen, each);
        URI uri = base.resolve(path + "?watch=true&allowWatchBookmarks=true&resourceVersion="
                + URLEncoder.encode(resourceVersion, StandardCharsets.UTF_8) + "&timeoutSeconds="
                + Math.max(1, pace.watchLifetime().toSeconds()));
        // Kubernetes' WebSocket endpoint refuses requests without an origin.
        WebSocket socket = answer(
                http.newWebSocketBuilder()
                        .uri(uri)
                        .setHeader("Origin", base.getScheme() + "://" + base.getAuthority())
                        .buildAsync(listener),
                pace.answerTimeout());
        try {
            answer(listener.end(), pace.watchLifetime().plus(WATCH_GRACE));
        } finally {
            listener.leave();
            socket.sendClose(1000, null);
        }
    }

    private byte[] get(String path) throws ApiFailure, InterruptedException {
        HttpRequest request =
                http.newHttpRequestBuilder().uri(base.resolve(path)).build();
        HttpResponse<byte[]> response = answer(http.sendAsync(request, byte[].class), pace.answerTimeout());
        if (!response.isSuccessful()) {
            throw failure(response.code(), new String(response.body(), StandardCharsets.UTF_8));
        }
        return response.body();
    }

    private <T extends @Nullable Object> T answer(CompletableFuture<T> answer, Duration timeout)
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

    private ApiFailure failure(@Nullable Throwable cause) {
        if (cause instanceof ApiFailure failure) {
            return failure;
        }
        if (cause instanceof WebSocketHandshakeException handshake) {
            return failure(handshake.getResponse().code(), "");
        }
        String message = cause == null ? "" : String.valueOf(cause.getMessage());
        return new ApiFailure(
                ApiFailure.NO_ANSWER,
                (cause == null ? "" : cause.getClass().getSimpleName())
                        + (message.equals("null") ? "" : ": " + message));
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

    private static ApiFailure unreadable(IOException e) {
        return new ApiFailure(ApiFailure.NO_ANSWER, "the answer cannot be read: " + e.getMessage());
    }
}
