package io.signalbox.agent.testkit;

import io.grpc.CallOptions;
import io.grpc.ForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A grpc-java server whose messages are bytes, and channels to it. It names itself in its answers. */
public final class GrpcPeer implements AutoCloseable {
    /** Answers with its name, then the request; one that begins with "fail" gets INVALID_ARGUMENT. */
    public static final MethodDescriptor<byte[], byte[]> UNARY = method("Unary", MethodDescriptor.MethodType.UNARY);

    /** Echoes each message. */
    public static final MethodDescriptor<byte[], byte[]> BIDI =
            method("Bidi", MethodDescriptor.MethodType.BIDI_STREAMING);

    /** The request is a decimal number of bytes; so many come back, 16 KiB a message. */
    public static final MethodDescriptor<byte[], byte[]> DOWNLOAD =
            method("Download", MethodDescriptor.MethodType.SERVER_STREAMING);

    /** Counts the bytes of the messages and answers with the number. */
    public static final MethodDescriptor<byte[], byte[]> UPLOAD =
            method("Upload", MethodDescriptor.MethodType.CLIENT_STREAMING);

    /** Response trailer that echoes the request header of the same name. */
    public static final Metadata.Key<String> ECHO = Metadata.Key.of("x-echo", Metadata.ASCII_STRING_MARSHALLER);

    private final String name;
    private final Server server;
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();

    /**
     * @param port 0 for any
     * @param maxConcurrentStreams per connection
     */
    public GrpcPeer(String name, int port, int maxConcurrentStreams) {
        this.name = name;
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Echo")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
                .addMethod(BIDI, ServerCalls.asyncBidiStreamingCall(this::bidi))
                .addMethod(DOWNLOAD, ServerCalls.asyncServerStreamingCall(this::download))
                .addMethod(UPLOAD, ServerCalls.asyncClientStreamingCall(this::upload))
                .build();
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(Snapshots.address("127.0.0.1"), port))
                    .maxConcurrentCallsPerConnection(maxConcurrentStreams)
                    .addService(ServerInterceptors.intercept(service, new EchoMetadata()))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A service with {@link #UNARY} alone, which answers with the request. */
    public static ServerServiceDefinition echo() {
        return ServerServiceDefinition.builder("test.Echo")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall((request, response) -> {
                    response.onNext(request);
                    response.onCompleted();
                }))
                .build();
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder(new Bytes(), new Bytes())
                .setFullMethodName("test.Echo/" + name)
                .setType(type)
                .build();
    }

    /** A channel to an address that dials it under an authority. */
    public static ManagedChannel channel(String address, int port, String authority) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(Snapshots.address(address), port))
                .usePlaintext()
                .overrideAuthority(authority)
                .build();
    }

    /** Options of a call that fails when it takes longer than a healthy machine ever does. */
    public static CallOptions options() {
        return CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Calls whose caller went away. */
    public int cancelled() {
        return cancelled.get();
    }

    /** Message bytes handed to gRPC by downloads. */
    public long sentBytes() {
        return sent.get();
    }

    /** Sends GOAWAY and waits for running calls. */
    public void shutdownGracefully() {
        server.shutdown();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void unary(byte[] request, StreamObserver<byte[]> response) {
        String text = new String(request, StandardCharsets.UTF_8);
        if (text.startsWith("fail")) {
            response.onError(Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException());
            return;
        }
        response.onNext((name + " " + text).getBytes(StandardCharsets.UTF_8));
        response.onCompleted();
    }

    private StreamObserver<byte[]> bidi(StreamObserver<byte[]> response) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                response.onNext(message);
            }

            @Override
            public void onError(Throwable failure) {
                cancelled.incrementAndGet();
            }

            @Override
            public void onCompleted() {
                response.onCompleted();
            }
        };
    }

    private void download(byte[] request, StreamObserver<byte[]> response) {
        long rest = Long.parseLong(new String(request, StandardCharsets.US_ASCII));
        var call = (ServerCallStreamObserver<byte[]>) response;
        AtomicLong left = new AtomicLong(rest);
        call.setOnReadyHandler(() -> {
            while (call.isReady() && left.get() > 0) {
                byte[] chunk = new byte[(int) Math.min(16 * 1024, left.get())];
                left.addAndGet(-chunk.length);
                sent.addAndGet(chunk.length);
                call.onNext(chunk);
                if (left.get() == 0) {
                    call.onCompleted();
                }
            }
        });
        call.setOnCancelHandler(cancelled::incrementAndGet);
    }

    private StreamObserver<byte[]> upload(StreamObserver<byte[]> response) {
        AtomicLong received = new AtomicLong();
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                received.addAndGet(message.length);
            }

            @Override
            public void onError(Throwable failure) {
                cancelled.incrementAndGet();
            }

            @Override
            public void onCompleted() {
                response.onNext(Long.toString(received.get()).getBytes(StandardCharsets.US_ASCII));
                response.onCompleted();
            }
        };
    }

    private static final class EchoMetadata implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String value = headers.get(ECHO);
            return next.startCall(
                    new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
                        @Override
                        public void close(Status status, Metadata trailers) {
                            if (value != null) {
                                trailers.put(ECHO, value);
                            }
                            super.close(status, trailers);
                        }
                    },
                    headers);
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
