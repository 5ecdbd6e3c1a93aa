package io.signalbox.configservice.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The JSON that a request brings. */
final class RequestBody {
    /** How long a body may take to arrive. */
    static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final String MEDIA_TYPE = "application/json";
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private RequestBody() {}

    /**
     * Reads the body.
     *
     * @throws ApiException when it is of another media type (415), too long (413), too slow (408) or no JSON object
     *     (400)
     */
    static JsonNode read(ServerRequest request) {
        String type = request.headers()
                .contentType()
                .map(media -> media.mediaType().text())
                .orElse("none");
        if (!type.equals(MEDIA_TYPE)) {
            throw new ApiException(
                    Status.UNSUPPORTED_MEDIA_TYPE_415, "content-type: " + type + " (expected: " + MEDIA_TYPE + ")");
        }
        if (request.headers().contentLength().orElse(0) > RestApi.MAX_BODY_BYTES) {
            throw tooLong();
        }
        byte[] bytes = readInTime(request);
        if (bytes.length > RestApi.MAX_BODY_BYTES) {
            throw tooLong();
        }
        return parse(bytes);
    }

    /** The server itself waits for ever, and whoever waits here keeps others from their turn. */
    private static byte[] readInTime(ServerRequest request) {
        AtomicBoolean reading = new AtomicBoolean(true);
        Thread reader = Thread.currentThread();
        CompletableFuture.delayedExecutor(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    synchronized (reading) {
                        if (reading.get()) {
                            reader.interrupt();
                        }
                    }
                });
        try (InputStream body = request.content().inputStream()) {
            return body.readNBytes(RestApi.MAX_BODY_BYTES + 1);
        } catch (DataReader.InsufficientDataAvailableException e) {
            throw new ApiException(Status.BAD_REQUEST_400, "the body ended early");
        } catch (IOException | UncheckedIOException e) {
            throw new ApiException(
                    Status.REQUEST_TIMEOUT_408, "the body did not arrive in " + DEADLINE.toSeconds() + " s");
        } finally {
            synchronized (reading) {
                reading.set(false);
                Thread.interrupted();
            }
        }
    }

    private static JsonNode parse(byte[] bytes) {
        try {
            JsonNode body = MAPPER.readTree(bytes);
            if (!body.isObject()) {
                throw new ApiException(Status.BAD_REQUEST_400, "the body is no JSON object");
            }
            return body;
        } catch (JsonProcessingException e) {
            String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
            throw new ApiException(
                    Status.BAD_REQUEST_400,
                    "the body is no JSON at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ": " + reason);
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be read", e);
        }
    }

    private static ApiException tooLong() {
        return new ApiException(
                Status.REQUEST_ENTITY_TOO_LARGE_413,
                "the body is too long (expected: at most " + RestApi.MAX_BODY_BYTES + " bytes)");
    }
}
