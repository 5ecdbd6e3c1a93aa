package io.signalbox.loadtest.harness;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.signalbox.loadtest.v1.EchoServiceGrpc;
import io.signalbox.loadtest.v1.UnaryRequest;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A client of the gRPC test service with one connection, which it never replaces by several. */
public final class EchoClient implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    private final ManagedChannel channel;
    private final EchoServiceGrpc.EchoServiceBlockingStub blocking;

    private EchoClient(ManagedChannel channel) {
        this.channel = channel;
        this.blocking = EchoServiceGrpc.newBlockingStub(channel);
    }

    /** A client of the service, with the service's name as authority; connects at the first call. */
    public static EchoClient of(MeshService<?> service) {
        return of(
                service.address(), service.spec().host() + ":" + service.spec().port());
    }

    /** A client of that address with that authority; connects at the first call. */
    public static EchoClient of(InetSocketAddress address, String authority) {
        return new EchoClient(NettyChannelBuilder.forAddress(address)
                .overrideAuthority(authority)
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .build());
    }

    /** Makes a unary call; returns the endpoint that answered. */
    public String call() {
        return blocking.unary(UnaryRequest.getDefaultInstance()).getEndpoint();
    }

    public EchoServiceGrpc.EchoServiceBlockingStub blocking() {
        return blocking;
    }

    public EchoServiceGrpc.EchoServiceStub async() {
        return EchoServiceGrpc.newStub(channel);
    }

    public EchoServiceGrpc.EchoServiceFutureStub future() {
        return EchoServiceGrpc.newFutureStub(channel);
    }

    /** For stubs of another kind. */
    public Channel channel() {
        return channel;
    }

    /** Ends the connection. */
    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
