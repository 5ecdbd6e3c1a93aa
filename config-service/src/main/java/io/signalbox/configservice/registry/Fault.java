package io.signalbox.configservice.registry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Failures made on purpose. */
public record Fault(@Nullable Delay delay, @Nullable Abort abort) {
    /**
     * Holds requests back.
     *
     * @param percentage of the requests, 0 to 100; 0 when not declared
     */
    public record Delay(Duration fixedDelay, double percentage) {}

    /**
     * Fails requests.
     *
     * @param status what they are answered
     * @param percentage of the requests, 0 to 100; 0 when not declared
     */
    public record Abort(Status status, double percentage) {}

    /** What a failed request is answered. */
    public sealed interface Status {
        /** An HTTP status. */
        record Http(int status) implements Status {}

        /** A gRPC status by name, such as {@code UNAVAILABLE}. */
        record Grpc(String status) implements Status {}
    }
}
