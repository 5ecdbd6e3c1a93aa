package io.signalbox.configservice.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.signalbox.config.v1.Ack;
import io.signalbox.config.v1.ConfigServiceGrpc;
import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainResponse;
import io.signalbox.config.v1.Explanation;
import io.signalbox.config.v1.Heartbeat;
import io.signalbox.config.v1.Hello;
import io.signalbox.config.v1.Nack;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.StreamConfigRequest;
import io.signalbox.config.v1.StreamConfigResponse;
import java.security.cert.X509Certificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** A stream to a real server, by grpc-java's Netty client. Says nothing on its own. */
public final class AgentStream implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 5;

    private final ManagedChannel channel;
    private final StreamObserver<StreamConfigRequest> requests;
    private final BlockingQueue<StreamConfigResponse> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    /** Opens a stream in plain text; says no Hello. */
    public AgentStream(int port) {
        this(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext());
    }

    /**
     * Opens a stream over TLS; says no Hello.
     *
     * @param ca whom to trust
     * @param authorization value of that header; empty: none
     */
    public static AgentStream overTls(int port, X509Certificate ca, String authorization) throws SSLException {
        NettyChannelBuilder channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .sslContext(
                        GrpcSslContexts.configure(SslContextBuilder.forClient().trustManager(ca), SslProvider.JDK)
                                .build());
        if (!authorization.isEmpty()) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
            channel.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        return new AgentStream(channel);
    }

    private AgentStream(NettyChannelBuilder builder) {
        channel = builder.maxInboundMessageSize(64 << 20).build();
        requests = ConfigServiceGrpc.newStub(channel).streamConfig(new StreamObserver<>() {
            private ByteString parts = ByteString.EMPTY;

            @Override
            public void onNext(StreamConfigResponse response) {
                if (!response.hasPushPart()) {
                    responses.add(response);
                    return;
                }
                parts = parts.concat(response.getPushPart().getContent());
                if (response.getPushPart().getLast()) {
                    responses.add(StreamConfigResponse.newBuilder()
                            .setPush(push(parts))
                            .build());
                    parts = ByteString.EMPTY;
                }
            }

            @Override
            public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                end.complete(Status.OK);
            }
        });
    }

    private static Push push(ByteString serialized) {
        try {
            return Push.parseFrom(serialized);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the parts are no push", e);
        }
    }

    /** Says Hello, with what the agent holds. */
    public AgentStream hello(String node, FakeAgent agent) {
        requests.onNext(StreamConfigRequest.newBuilder()
                .setHello(Hello.newBuilder()
                        .setNode(node)
                        .setZone("zone-a")
                        .setAgentVersion("test")
                        .addAllHeldPorts(agent.heldPorts())
                        .setHeldWorkloadsVersion(agent.workloadsVersion()))
                .build());
        return this;
    }

    /** Acknowledges the push. */
    public void ack(Push push) {
        requests.onNext(StreamConfigRequest.newBuilder()
                .setAck(Ack.newBuilder().setNonce(push.getNonce()))
                .build());
    }

    /** Refuses some of a push. */
    public void nack(Nack nack) {
        requests.onNext(StreamConfigRequest.newBuilder().setNack(nack).build());
    }

    /** Says that it is there. */
    public void heartbeat() {
        requests.onNext(StreamConfigRequest.newBuilder()
                .setHeartbeat(Heartbeat.getDefaultInstance())
                .build());
    }

    /** The next message of any kind, or the test fails. */
    public StreamConfigResponse next() throws InterruptedException {
        StreamConfigResponse response = responses.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (response == null) {
            throw new AssertionError("nothing arrived in " + DEADLINE_SECONDS + " s; end: " + end);
        }
        return response;
    }

    /** The next push; heartbeats and the welcome before it are passed over and heartbeats answered. */
    public Push nextPush() throws InterruptedException {
        while (true) {
            StreamConfigResponse response = next();
            if (response.hasPush()) {
                return response.getPush();
            }
            if (response.hasHeartbeat()) {
                heartbeat();
            }
        }
    }

    /** The next question; pushes before it are acknowledged, heartbeats answered. */
    public ExplainRequest nextQuestion() throws InterruptedException {
        while (true) {
            StreamConfigResponse response = next();
            if (response.hasExplain()) {
                return response.getExplain();
            }
            if (response.hasPush()) {
                ack(response.getPush());
            } else if (response.hasHeartbeat()) {
                heartbeat();
            }
        }
    }

    /** Answers a question. */
    public void answer(ExplainRequest question, Explanation explanation) {
        answer(ExplainResponse.newBuilder()
                .setId(question.getId())
                .setExplanation(explanation)
                .build());
    }

    /** Sends an answer as it is. */
    public void answer(ExplainResponse response) {
        requests.onNext(StreamConfigRequest.newBuilder().setExplain(response).build());
    }

    /** What has arrived and was not taken. */
    public BlockingQueue<StreamConfigResponse> pending() {
        return responses;
    }

    /** How the server ended the stream, or the test fails. */
    public Status end() throws Exception {
        return end.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
