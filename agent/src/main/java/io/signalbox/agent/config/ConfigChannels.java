package io.signalbox.agent.config;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.signalbox.agent.socket.SocketMark;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Opens channels to single replicas, protected as asked for. */
final class ConfigChannels {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final long KEEPALIVE_SECONDS = 30;

    private final StreamSecurity security;
    private final EventLoopGroup ioThread;
    private final Executor callbacks;
    private final int socketMark;

    /** @param socketMark SO_MARK of the sockets; 0: none */
    ConfigChannels(StreamSecurity security, EventLoopGroup ioThread, Executor callbacks, int socketMark) {
        this.security = security;
        this.ioThread = ioThread;
        this.callbacks = callbacks;
        this.socketMark = socketMark;
    }

    /**
     * A channel that connects when it is used.
     *
     * @throws IOException when a file that it needs cannot be used; the message names it
     */
    ManagedChannel open(ReplicaAddress replica) throws IOException {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(replica.socket())
                .overrideAuthority(replica.name().toString())
                .eventLoopGroup(ioThread)
                .channelType(EpollSocketChannel.class)
                .executor(callbacks)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(ConfigClient.MAX_PUSH_BYTES)
                .disableRetry();
        if (socketMark != 0) {
            builder.withOption(SocketMark.OPTION, socketMark);
        }
        switch (security) {
            case StreamSecurity.PlainText() -> builder.usePlaintext();
            case StreamSecurity.Tls(Path ca, Optional<Path> token) -> {
                builder.sslContext(trusting(ca));
                if (token.isPresent()) {
                    builder.intercept(MetadataUtils.newAttachHeadersInterceptor(bearing(token.get())));
                }
            }
        }
        return builder.build();
    }

    private static SslContext trusting(Path ca) throws IOException {
        try (InputStream certificates = Files.newInputStream(ca)) {
            // The JDK's engine: the handshake of one stream is not worth a native library.
            return GrpcSslContexts.configure(SslContextBuilder.forClient().trustManager(certificates), SslProvider.JDK)
                    .build();
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException("--config-service-ca " + ca + " cannot be used: " + e, e);
        }
    }

    private static Metadata bearing(Path file) throws IOException {
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw new IOException("--config-service-token " + file + " cannot be read: " + e, e);
        }
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IOException("--config-service-token " + file + " holds no token (expected: one line)");
        }
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token);
        return headers;
    }
}
