package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import io.signalbox.agent.proxy.HeaderBlock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The header block of a gRPC call, as it comes again and again on a connection: decoded, checked and encoded. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HpackBenchmark {
    /** Without leak detection, which makes objects of its own. */
    private static final UnpooledByteBufAllocator BUFFERS = new UnpooledByteBufAllocator(true, true);

    private static final int MAX_HEADERS = 60 * 1024;
    private static final int STREAM = 1;

    private final HpackCodec caller = new HpackCodec(MAX_HEADERS);
    private final HpackCodec downstream = new HpackCodec(MAX_HEADERS);
    private final HpackCodec upstream = new HpackCodec(MAX_HEADERS);
    private final HeaderBlock block = new HeaderBlock();
    private final ByteBuf received = BUFFERS.directBuffer(1024);
    private final ByteBuf out = BUFFERS.directBuffer(1024);

    /** Fills the compression tables of both sides with a first call; the second one's block is what is measured. */
    @Setup
    public void connect() throws Http2Exception {
        HeaderBlock sent = new HeaderBlock();
        add(sent, ":method", "POST");
        add(sent, ":scheme", "http");
        add(sent, ":path", "/shop.v1.Orders/Get");
        add(sent, ":authority", "orders.shop.svc.cluster.local:8080");
        add(sent, "content-type", "application/grpc");
        add(sent, "te", "trailers");
        add(sent, "user-agent", "grpc-java-netty/1.85.1");
        add(sent, "grpc-accept-encoding", "gzip");
        add(sent, "grpc-timeout", "999m");
        for (int call = 0; call < 2; call++) {
            received.clear();
            caller.encode(STREAM, sent, received);
            decode();
        }
    }

    private static void add(HeaderBlock block, String name, String value) {
        block.add(AsciiString.cached(name), AsciiString.cached(value));
    }

    /** Decodes and checks. */
    @Benchmark
    public int decode() throws Http2Exception {
        received.readerIndex(0);
        downstream.decode(STREAM, received, block);
        return block.size();
    }

    /** Encodes what was decoded last. */
    @Benchmark
    public int encode() throws Http2Exception {
        out.clear();
        upstream.encode(STREAM, block, out);
        return out.writerIndex();
    }
}
