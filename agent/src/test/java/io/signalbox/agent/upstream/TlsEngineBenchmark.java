package io.signalbox.agent.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The client side of TLS 1.3 by the JDK's engine and by BoringSSL (netty-tcnative), in memory. The server is BoringSSL
 * in both cases and part of the time, so that the difference is the client's.
 */
@SuppressWarnings("NullAway.Init") // JMH calls connect() before anything else
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TlsEngineBenchmark {
    private static final PooledByteBufAllocator BUFFERS = PooledByteBufAllocator.DEFAULT;
    private static final int SMALL_BYTES = 100;
    private static final int RECORD_BYTES = 16_000;
    private static final int PORT = 443;

    @Param({"JDK", "OPENSSL"})
    public SslProvider engine = SslProvider.JDK;

    private SslContext client;
    private SslContext server;
    private Pair open;
    private int freshPort;

    /** Two channels that talk to each other. */
    private record Pair(EmbeddedChannel client, EmbeddedChannel server) {
        void exchange() {
            boolean moved = true;
            while (moved) {
                boolean sent = move(client, server);
                moved = move(server, client) || sent;
                client.runPendingTasks();
                server.runPendingTasks();
            }
        }

        private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
            boolean moved = false;
            for (Object bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
                to.writeInbound(bytes);
                moved = true;
            }
            return moved;
        }

        void close() {
            client.close();
            server.close();
            client.releaseOutbound();
            server.releaseOutbound();
        }
    }

    /** Makes certificates, and a connection that is open. */
    @Setup
    public void connect() throws Exception {
        X509Bundle authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle leaf = new CertificateBuilder()
                .ecp256()
                .subject("CN=api")
                .addSanDnsName("api.example")
                .buildIssuedBy(authority);
        server = SslContextBuilder.forServer(leaf.toTempCertChainPem(), leaf.toTempPrivateKeyPem())
                .sslProvider(SslProvider.OPENSSL)
                .protocols("TLSv1.3")
                .build();
        client = SslContextBuilder.forClient()
                .sslProvider(engine)
                .trustManager(authority.getCertificate())
                .protocols("TLSv1.3")
                .build();
        if (client.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(true);
        }
        open = handshake(PORT);
    }

    private Pair handshake(int port) {
        SslHandler ours = new SslHandler(client.newEngine(BUFFERS, "api.example", port));
        Pair pair = new Pair(
                new EmbeddedChannel(ours, new Release()),
                new EmbeddedChannel(new SslHandler(server.newEngine(BUFFERS)), new Release()));
        pair.exchange();
        if (!ours.handshakeFuture().isSuccess()) {
            throw new IllegalStateException(
                    "handshake: " + ours.handshakeFuture().cause());
        }
        // Brings the ticket that a later connection resumes by.
        pair.server().writeOutbound(BUFFERS.directBuffer(1).writeZero(1));
        pair.exchange();
        return pair;
    }

    /** A connection to a server that no session is known of. */
    @Benchmark
    public void fullHandshake() {
        freshPort = freshPort == 60_000 ? 1000 : freshPort + 1;
        handshake(1000 + freshPort).close();
    }

    /** Another connection to a server. */
    @Benchmark
    public void resumedHandshake() {
        handshake(PORT).close();
    }

    /** 100 bytes there and back. */
    @Benchmark
    public void smallMessages() {
        both(SMALL_BYTES);
    }

    /** A record of nearly full size there and back. */
    @Benchmark
    public void fullRecords() {
        both(RECORD_BYTES);
    }

    private void both(int bytes) {
        open.client().writeOutbound(message(bytes));
        open.server().writeOutbound(message(bytes));
        open.exchange();
    }

    private static ByteBuf message(int bytes) {
        return BUFFERS.directBuffer(bytes).writeZero(bytes);
    }

    private static final class Release extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
