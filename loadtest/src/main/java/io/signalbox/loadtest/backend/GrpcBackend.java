package io.signalbox.loadtest.backend;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A gRPC server with the test service of {@code echo.proto}. */
public final class GrpcBackend implements Backend {
    private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    private final String name;
    private final InetSocketAddress address;
    private final EchoService service;
    private final Server server;

    private GrpcBackend(String name, InetSocketAddress address, EchoService service, Server server) {
        this.name = name;
        this.address = address;
        this.service = service;
        this.server = server;
    }

    /** Binds {@code address} (port 0 picks a free one) and listens. */
    public static GrpcBackend start(String name, InetSocketAddress address) throws IOException {
        EchoService service = new EchoService(name);
        // Handlers never block, so they run where the bytes arrive.
        Server server = NettyServerBuilder.forAddress(address)
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .intercept(new MetadataEcho(name))
                .addService(service)
                .build()
                .start();
        return new GrpcBackend(name, new InetSocketAddress(address.getAddress(), server.getPort()), service, server);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    /** Calls that arrived. */
    public long calls() {
        return service.calls.sum();
    }

    /** Calls that the caller cancelled, or whose deadline passed, before they were answered. */
    public long cancelledCalls() {
        return service.cancelled.sum();
    }

    /** Calls that brought a deadline with them. */
    public long callsWithDeadline() {
        return service.withDeadline.sum();
    }

    /** Messages of server streams that were handed to the transport. */
    public long streamedMessages() {
        return service.streamedMessages.sum();
    }

    /** Refuses new calls, tells callers to go elsewhere (GOAWAY), and returns when the running calls have ended. */
    public void drain() throws InterruptedException {
        server.shutdown();
        if (!server.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("drain: calls still run on " + name + " after 30 s");
        }
        service.close();
    }

    @Override
    public void close() {
        server.shutdownNow();
        service.close();
    }
}
