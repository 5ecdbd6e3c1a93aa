package io.signalbox.configservice.source.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.client.Client;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.kubernetes.ApiRequests;
import io.signalbox.configservice.source.manifest.ResourceKind;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks the API server what there is. Objects are handed on as they are parsed, without the client's model in between:
 * of most of them little is kept. Blocks; any thread.
 */
final class ApiServer {
    /** A watch that the server does not end when it should is ended this much later. */
    private static final Duration WATCH_GRACE = Duration.ofSeconds(15);

    private final Pace pace;
    private final ObjectMapper json =
            JsonMapper.builder().nodeFactory(new SharedTexts()).build();
    private final ApiRequests requests;

    /** The end of a page of a list: the state that it shows, and what leads to the next one; empty: it was the last. */
    record Page(String resourceVersion, String next) {}

    ApiServer(Client client, Pace pace) {
        this.requests = new ApiRequests(client, json, pace.answerTimeout());
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
            return requests.object("apis/" + group + "/" + version).path("resources");
        } catch (ApiFailure e) {
            if (e.code() == ApiFailure.NOT_FOUND) {
                return MissingNode.getInstance();
            }
            throw e;
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
        byte[] body = requests.get(path + "?limit=" + pace.pageObjects() + next);
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
            throw ApiRequests.unreadable(e);
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
        WebSocket socket = requests.open(
                path + "?watch=true&allowWatchBookmarks=true&resourceVersion="
                        + URLEncoder.encode(resourceVersion, StandardCharsets.UTF_8) + "&timeoutSeconds="
                        + Math.max(1, pace.watchLifetime().toSeconds()),
                listener);
        try {
            ApiRequests.await(listener.end(), pace.watchLifetime().plus(WATCH_GRACE));
        } finally {
            listener.leave();
            socket.sendClose(1000, null);
        }
    }
}
