package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import io.signalbox.config.v1.ConfigServiceGrpc;
import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.Heartbeat;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.PushPart;
import io.signalbox.config.v1.StreamConfigRequest;
import io.signalbox.config.v1.StreamConfigResponse;
import io.signalbox.config.v1.Welcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A config service that says what a test tells it to, on a real socket. */
final class FakeConfigService {
    private static final long PATIENCE_SECONDS = 10;
    private static final Context.Key<String> AUTHORIZATION = Context.keyWithDefault("authorization", "");

    /** One stream of an agent. */
    record Stream(
            String service,
            String authorization,
            BlockingQueue<StreamConfigRequest> received,
            StreamObserver<StreamConfigResponse> responses) {
        /** The next message that is not a heartbeat. */
        StreamConfigRequest next() throws InterruptedException {
            while (true) {
                StreamConfigRequest request = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (request == null) {
                    throw new AssertionError("the agent said nothing");
                }
                if (!request.hasHeartbeat()) {
                    return request;
                }
            }
        }

        void awaitHeartbeat() throws InterruptedException {
            StreamConfigRequest request;
            do {
                request = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } while (request != null && !request.hasHeartbeat());
            if (request == null) {
                throw new AssertionError("no heartbeat");
            }
        }

        void welcome(int intervalMillis, int deadlineMillis) {
            responses.onNext(StreamConfigResponse.newBuilder()
                    .setWelcome(Welcome.newBuilder()
                            .setServiceInstance(service)
                            .setHeartbeatIntervalMillis(intervalMillis)
                            .setHeartbeatDeadlineMillis(deadlineMillis))
                    .build());
        }

        void push(Push push) {
            responses.onNext(StreamConfigResponse.newBuilder().setPush(push).build());
        }

        /** Sends the push in pieces of that many bytes. */
        void pushInParts(Push push, int bytes) {
            ByteString whole = push.toByteString();
            for (int at = 0; at < whole.size(); at += bytes) {
                int end = Math.min(whole.size(), at + bytes);
                responses.onNext(StreamConfigResponse.newBuilder()
                        .setPushPart(PushPart.newBuilder()
                                .setContent(whole.substring(at, end))
                                .setLast(end == whole.size()))
                        .build());
            }
        }

        void ask(ExplainRequest.Builder question) {
            responses.onNext(
                    StreamConfigResponse.newBuilder().setExplain(question).build());
        }

        void heartbeat() {
            responses.onNext(StreamConfigResponse.newBuilder()
                    .setHeartbeat(Heartbeat.getDefaultInstance())
                    .build());
        }
    }

    private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
    private final String name;
    private @Nullable Server server;
    private int port;

    FakeConfigService() {
        this("fake");
    }

    /** One that gives itself that name in its welcomes. */
    FakeConfigService(String name) {
        this.name = name;
    }

    /** Starts, again on the port that it had. */
    FakeConfigService start() throws IOException {
        return start(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    /** Starts over TLS. */
    FakeConfigService start(SslContext tls) throws IOException {
        return start(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .sslContext(tls));
    }

    private FakeConfigService start(NettyServerBuilder builder) throws IOException {
        server = builder.intercept(new HeaderRecorder())
                .addService(new ConfigServiceGrpc.ConfigServiceImplBase() {
                    @Override
                    public StreamObserver<StreamConfigRequest> streamConfig(
                            StreamObserver<StreamConfigResponse> responses) {
                        Stream stream = new Stream(name, AUTHORIZATION.get(), new LinkedBlockingQueue<>(), responses);
                        streams.add(stream);
                        return new Receiver(stream);
                    }
                })
                .build()
                .start();
        port = server.getPort();
        return this;
    }

    /** Where agents find this one alone, without protection. */
    ConfigServiceTarget target() {
        return new ConfigServiceTarget(List.of(address()), new StreamSecurity.PlainText());
    }

    ConfigServiceAddress address() {
        return new ConfigServiceAddress("127.0.0.1", port);
    }

    /** Whether no agent has opened a stream that nobody took. */
    boolean isIdle() {
        return streams.isEmpty();
    }

    /** The next stream that an agent opens. */
    Stream nextStream() throws InterruptedException {
        Stream stream = streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (stream == null) {
            throw new AssertionError("the agent did not connect");
        }
        return stream;
    }

    /** Ends as a killed process does: without a word to its streams. */
    void kill() throws InterruptedException {
        if (server != null) {
            server.shutdownNow().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Keeps the authorization header of a call for its stream. */
    private static final class HeaderRecorder implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            String value = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            Context context = Context.current().withValue(AUTHORIZATION, value == null ? "" : value);
            return Contexts.interceptCall(context, call, headers, next);
        }
    }

    private record Receiver(Stream stream) implements StreamObserver<StreamConfigRequest> {
        @Override
        public void onNext(StreamConfigRequest request) {
            stream.received().add(request);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
            stream.responses().onCompleted();
        }
    }
}
