package io.signalbox.configservice.source.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.signalbox.configservice.kubernetes.ApiFailure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears one watch. After {@link #leave} it says nothing any more, whatever still arrives. */
final class WatchListener implements WebSocket.Listener {
    private final ObjectMapper json;
    private final Runnable onOpen;
    private final Consumer<WatchEvent> each;
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private boolean left;

    WatchListener(ObjectMapper json, Runnable onOpen, Consumer<WatchEvent> each) {
        this.json = json;
        this.onOpen = onOpen;
        this.each = each;
    }

    /** Completed when the server ends the watch in order; failed when it broke. */
    CompletableFuture<@Nullable Void> end() {
        return end;
    }

    synchronized void leave() {
        left = true;
    }

    @Override
    public void onOpen(WebSocket socket) {
        onOpen.run();
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
        hear(text);
        socket.request();
    }

    @Override
    public void onMessage(WebSocket socket, ByteBuffer bytes) {
        hear(StandardCharsets.UTF_8.decode(bytes).toString());
        socket.request();
    }

    private synchronized void hear(String text) {
        if (left || end.isDone()) {
            return;
        }
        try {
            JsonNode message = json.readTree(text);
            JsonNode object = message.path("object");
            switch (message.path("type").asText("")) {
                case "ADDED" -> each.accept(new WatchEvent(WatchEvent.Type.ADDED, object));
                case "MODIFIED" -> each.accept(new WatchEvent(WatchEvent.Type.MODIFIED, object));
                case "DELETED" -> each.accept(new WatchEvent(WatchEvent.Type.DELETED, object));
                case "BOOKMARK" -> each.accept(new WatchEvent(WatchEvent.Type.BOOKMARK, object));
                case "ERROR" ->
                    fail(new ApiFailure(
                            object.path("code").asInt(ApiFailure.NO_ANSWER),
                            object.path("message").asText("the watch failed")));
                default -> fail(new ApiFailure(ApiFailure.NO_ANSWER, "the watch says what nobody knows"));
            }
        } catch (JsonProcessingException e) {
            fail(new ApiFailure(ApiFailure.NO_ANSWER, "the watch says what is no JSON: " + e.getOriginalMessage()));
        } catch (RuntimeException e) {
            // Else nobody would hear of it, and the watch would stand still.
            end.completeExceptionally(e);
        }
    }

    private void fail(ApiFailure failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onClose(WebSocket socket, int code, String reason) {
        end.complete(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        end.completeExceptionally(error);
    }
}
