package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A config service that says what a test tells it to, on a real socket. */
final class FakeConfigService {
    private static final long PATIENCE_SECONDS = 10;

    /** One stream of an agent. */
    record Stream(BlockingQueue<StreamConfigRequest> received, StreamObserver<StreamConfigResponse> responses) {
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
                            .setServiceInstance("fake")
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
    private @Nullable Server server;
    private int port;

    /** Starts, again on the port that it had. */
    FakeConfigService start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(new ConfigServiceGrpc.ConfigServiceImplBase() {
                    @Override
                    public StreamObserver<StreamConfigRequest> streamConfig(
                            StreamObserver<StreamConfigResponse> responses) {
                        Stream stream = new Stream(new LinkedBlockingQueue<>(), responses);
                        streams.add(stream);
                        return new Receiver(stream);
                    }
                })
                .build()
                .start();
        port = server.getPort();
        return this;
    }

    ConfigServiceAddress address() {
        return new ConfigServiceAddress("127.0.0.1", port);
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
