package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.signalbox.config.v1.ConfigServiceGrpc;
import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainResponse;
import io.signalbox.config.v1.Heartbeat;
import io.signalbox.config.v1.Hello;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.PushPart;
import io.signalbox.config.v1.StreamConfigRequest;
import io.signalbox.config.v1.StreamConfigResponse;
import io.signalbox.config.v1.Welcome;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One stream, from Hello to its end, with the heartbeats of both directions. Confined to the control thread, on which
 * the channel also runs its callbacks.
 */
final class ConfigStream implements ClientResponseObserver<StreamConfigRequest, StreamConfigResponse> {
    private static final Duration MIN_INTERVAL = Duration.ofMillis(10);
    private static final Duration MAX_INTERVAL = Duration.ofMinutes(1);

    /** What a stream tells its owner; called on the control thread. */
    interface Listener {
        /** The service accepted the stream. */
        void welcomed(Welcome welcome);

        /** Something was received. */
        void heard();

        /** A push came; returns its Ack or Nack. */
        StreamConfigRequest pushed(Push push);

        /** A question came; its answer goes to {@link ConfigStream#answer}. */
        void asked(ExplainRequest request);

        /**
         * The stream is over; called once.
         *
         * @param asAgreed whether the service ended it in good order, for the agent to come again
         */
        void ended(String reason, boolean asAgreed);
    }

    private final ManagedChannel channel;
    private final ScheduledExecutorService control;
    private final LongSupplier nanoClock;
    private final Listener listener;
    private @Nullable ClientCallStreamObserver<StreamConfigRequest> requests;
    private @Nullable ScheduledFuture<?> timer;
    private long intervalNanos = MAX_INTERVAL.toNanos();
    private long deadlineNanos;
    private long lastHeardNanos;
    private long lastSentNanos;
    private ByteString parts = ByteString.EMPTY;
    private boolean isEnded;

    /**
     * A stream that is not open yet.
     *
     * @param welcomeDeadline how long connecting and the answer to Hello may take
     */
    ConfigStream(
            ManagedChannel channel,
            ScheduledExecutorService control,
            LongSupplier nanoClock,
            Duration welcomeDeadline,
            Listener listener) {
        this.channel = channel;
        this.deadlineNanos = welcomeDeadline.toNanos();
        this.control = control;
        this.nanoClock = nanoClock;
        this.listener = listener;
    }

    /** Opens the stream. */
    void start(Hello hello) {
        lastHeardNanos = nanoClock.getAsLong();
        ConfigServiceGrpc.newStub(channel).streamConfig(this);
        send(StreamConfigRequest.newBuilder().setHello(hello).build());
        schedule(deadlineNanos);
    }

    /** Ends the stream from this side, without a word to the listener. */
    void close() {
        if (!isEnded) {
            isEnded = true;
            stop();
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<StreamConfigRequest> requestStream) {
        requests = requestStream;
    }

    @Override
    public void onNext(StreamConfigResponse response) {
        if (isEnded) {
            return;
        }
        switch (response.getMessageCase()) {
            case WELCOME -> welcomed(response.getWelcome());
            case PUSH -> send(listener.pushed(response.getPush()));
            case PUSH_PART -> received(response.getPushPart());
            case EXPLAIN -> listener.asked(response.getExplain());
            // Messages of a newer config service prove that it is there, and no more.
            case HEARTBEAT, MESSAGE_NOT_SET -> {}
        }
        // Read after the push was applied: the time that this took is not the service's silence.
        lastHeardNanos = nanoClock.getAsLong();
        listener.heard();
    }

    /** Collects the pieces of a large push; it counts once it is complete. */
    private void received(PushPart part) {
        parts = parts.concat(part.getContent());
        if (parts.size() > ConfigClient.MAX_PUSH_BYTES) {
            end("a push has more than " + ConfigClient.MAX_PUSH_BYTES + " bytes");
        } else if (part.getLast()) {
            ByteString whole = parts;
            parts = ByteString.EMPTY;
            try {
                send(listener.pushed(Push.parseFrom(whole)));
            } catch (InvalidProtocolBufferException e) {
                end("the parts of a push are no push: " + e.getMessage());
            }
        }
    }

    /** Sends the answer to a question. */
    void answer(ExplainResponse response) {
        send(StreamConfigRequest.newBuilder().setExplain(response).build());
    }

    @Override
    public void onError(Throwable error) {
        Status status = Status.fromThrowable(error);
        String detail = status.getDescription();
        Throwable cause = status.getCause();
        end(status.getCode()
                + (detail == null ? "" : ": " + detail)
                + (cause == null ? "" : ": " + cause.getMessage()));
    }

    @Override
    public void onCompleted() {
        end("the config service asks to come again", true);
    }

    private void welcomed(Welcome welcome) {
        intervalNanos = clamp(welcome.getHeartbeatIntervalMillis());
        deadlineNanos = Math.max(2 * intervalNanos, clamp(welcome.getHeartbeatDeadlineMillis()));
        listener.welcomed(welcome);
        schedule(intervalNanos / 2);
    }

    private static long clamp(int millis) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(millis));
        return Math.clamp(nanos, MIN_INTERVAL.toNanos(), MAX_INTERVAL.toNanos());
    }

    private void tick() {
        if (isEnded) {
            return;
        }
        long now = nanoClock.getAsLong();
        if (now - lastHeardNanos >= deadlineNanos) {
            end("heard nothing for " + TimeUnit.NANOSECONDS.toMillis(now - lastHeardNanos) + " ms");
            return;
        }
        if (now - lastSentNanos >= intervalNanos / 2) {
            send(StreamConfigRequest.newBuilder()
                    .setHeartbeat(Heartbeat.getDefaultInstance())
                    .build());
        }
        schedule(intervalNanos / 2);
    }

    private void schedule(long delayNanos) {
        if (timer != null) {
            timer.cancel(false);
        }
        if (!isEnded) {
            timer = control.schedule(this::tick, delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void send(StreamConfigRequest request) {
        if (requests != null && !isEnded) {
            requests.onNext(request);
            lastSentNanos = nanoClock.getAsLong();
        }
    }

    private void end(String reason) {
        end(reason, false);
    }

    private void end(String reason, boolean asAgreed) {
        if (!isEnded) {
            isEnded = true;
            stop();
            listener.ended(reason, asAgreed);
        }
    }

    /** Waits until the channel of a closed stream has let go of everything, or the time is over. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        channel.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
        if (requests != null) {
            requests.cancel("the agent ends the stream", null);
        }
        channel.shutdownNow();
    }
}
