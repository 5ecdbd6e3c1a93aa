package io.signalbox.loadtest.backend;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.signalbox.loadtest.v1.BidiRequest;
import io.signalbox.loadtest.v1.BidiResponse;
import io.signalbox.loadtest.v1.ClientStreamRequest;
import io.signalbox.loadtest.v1.ClientStreamResponse;
import io.signalbox.loadtest.v1.EchoServiceGrpc;
import io.signalbox.loadtest.v1.Ending;
import io.signalbox.loadtest.v1.ServerStreamRequest;
import io.signalbox.loadtest.v1.ServerStreamResponse;
import io.signalbox.loadtest.v1.UnaryRequest;
import io.signalbox.loadtest.v1.UnaryResponse;
import java.security.MessageDigest;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The test service of {@code echo.proto}. Its methods never block. */
final class EchoService extends EchoServiceGrpc.EchoServiceImplBase implements AutoCloseable {
    final LongAdder calls = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder withDeadline = new LongAdder();
    final LongAdder streamedMessages = new LongAdder();

    private final String endpoint;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("echo-timer").factory());

    EchoService(String endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    @Override
    public void unary(UnaryRequest request, StreamObserver<UnaryResponse> observer) {
        ServerCallStreamObserver<UnaryResponse> responses = begin(observer);
        ByteString payload = request.getResponseBytes() == 0
                ? request.getPayload()
                : UnsafeByteOperations.unsafeWrap(Payloads.bytes(request.getResponseBytes()));
        answer(
                request.getEnding(),
                responses,
                () -> responses.onNext(UnaryResponse.newBuilder()
                        .setEndpoint(endpoint)
                        .setPayload(payload)
                        .build()));
    }

    @Override
    public void serverStream(ServerStreamRequest request, StreamObserver<ServerStreamResponse> observer) {
        ServerCallStreamObserver<ServerStreamResponse> responses = begin(observer);
        ByteString payload = UnsafeByteOperations.unsafeWrap(Payloads.bytes(request.getMessageBytes()));
        responses.setOnReadyHandler(new Runnable() {
            private int next;
            private boolean ended;

            @Override
            public void run() {
                while (responses.isReady() && next < request.getMessages()) {
                    streamedMessages.increment();
                    responses.onNext(ServerStreamResponse.newBuilder()
                            .setEndpoint(endpoint)
                            .setIndex(next++)
                            .setPayload(payload)
                            .build());
                }
                if (next == request.getMessages() && !ended) {
                    ended = true;
                    answer(request.getEnding(), responses, () -> {});
                }
            }
        });
    }

    @Override
    public StreamObserver<ClientStreamRequest> clientStream(StreamObserver<ClientStreamResponse> observer) {
        ServerCallStreamObserver<ClientStreamResponse> responses = begin(observer);
        return new StreamObserver<>() {
            private final MessageDigest digest = Payloads.newSha256();
            private Ending ending = Ending.getDefaultInstance();
            private long messages;
            private long payloadBytes;

            @Override
            public void onNext(ClientStreamRequest request) {
                if (messages++ == 0) {
                    ending = request.getEnding();
                }
                payloadBytes += request.getPayload().size();
                request.getPayload().asReadOnlyByteBufferList().forEach(digest::update);
            }

            @Override
            public void onError(Throwable failure) {
                // The cancellation has been counted; there is nobody left to answer.
            }

            @Override
            public void onCompleted() {
                answer(
                        ending,
                        responses,
                        () -> responses.onNext(ClientStreamResponse.newBuilder()
                                .setEndpoint(endpoint)
                                .setMessages(messages)
                                .setPayloadBytes(payloadBytes)
                                .setSha256(Payloads.hex(digest))
                                .build()));
            }
        };
    }

    @Override
    public StreamObserver<BidiRequest> bidi(StreamObserver<BidiResponse> observer) {
        ServerCallStreamObserver<BidiResponse> responses = begin(observer);
        return new StreamObserver<>() {
            private boolean ended;

            @Override
            public void onNext(BidiRequest request) {
                responses.onNext(BidiResponse.newBuilder()
                        .setEndpoint(endpoint)
                        .setPayload(request.getPayload())
                        .build());
                if (request.hasEnding()) {
                    ended = true;
                    answer(request.getEnding(), responses, () -> {});
                }
            }

            @Override
            public void onError(Throwable failure) {
                // The cancellation has been counted; there is nobody left to answer.
            }

            @Override
            public void onCompleted() {
                if (!ended) {
                    answer(Ending.getDefaultInstance(), responses, () -> {});
                }
            }
        };
    }

    private <T> ServerCallStreamObserver<T> begin(StreamObserver<T> observer) {
        ServerCallStreamObserver<T> responses = (ServerCallStreamObserver<T>) observer;
        calls.increment();
        if (Context.current().getDeadline() != null) {
            withDeadline.increment();
        }
        responses.setOnCancelHandler(cancelled::increment);
        return responses;
    }

    /** Ends the call as asked; {@code result} sends what a good ending has to say. */
    private void answer(Ending ending, ServerCallStreamObserver<?> responses, Runnable result) {
        if (ending.getNever()) {
            return;
        }
        Runnable end = () -> {
            if (responses.isCancelled()) {
                return;
            }
            if (ending.getStatusCode() == 0) {
                result.run();
                responses.onCompleted();
            } else {
                responses.onError(Status.fromCodeValue(ending.getStatusCode())
                        .withDescription(ending.getStatusMessage())
                        .asRuntimeException());
            }
        };
        if (ending.getDelayMillis() == 0) {
            end.run();
        } else {
            var _ = timer.schedule(end, ending.getDelayMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
