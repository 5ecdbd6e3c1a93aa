package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Heads of HTTP/1.1 messages: found in bytes, parsed, and written for the other side. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeadBenchmark {
    /** Without leak detection, which makes objects of its own. */
    private static final UnpooledByteBufAllocator BUFFERS = new UnpooledByteBufAllocator(true, true);

    private static final String REQUEST = """
            GET /api/v1/resources/42/items?limit=20 HTTP/1.1
            Host: catalog.shop.svc.cluster.local
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
            Accept-Encoding: gzip, deflate, br
            Accept-Language: en-GB,en;q=0.5
            Cookie: session=0123456789abcdef0123456789abcdef
            X-Request-Id: 4bf92f35-77b3-4da6-a3ce-929d0e0e4736
            Connection: keep-alive

            """;
    private static final String RESPONSE = """
            HTTP/1.1 200 OK
            Date: Mon, 23 Nov 2026 12:00:00 GMT
            Content-Type: application/json
            Content-Length: 100
            Cache-Control: no-cache
            Server: backend/1.0

            """;

    private final ByteBuf request = Unpooled.wrappedBuffer(Ascii.bytes(REQUEST.replace("\n", "\r\n")));
    private final ByteBuf response = Unpooled.wrappedBuffer(Ascii.bytes(RESPONSE.replace("\n", "\r\n")));
    private final Head head = new Head();
    private final RequestEdits requestEdits = new RequestEdits();
    private final ResponseEdits responseEdits = new ResponseEdits();
    private final ByteBuf out = BUFFERS.directBuffer(4096);

    /** A request's head is checked. */
    @Benchmark
    public @Nullable Object parseRequest() {
        request.readerIndex(0);
        head.load(request, request.readableBytes());
        return HeadParser.request(head);
    }

    /** A request's head is checked and written. */
    @Benchmark
    public int relayRequest() {
        parseRequest();
        requestEdits.clear();
        requestEdits.attempt = 1;
        out.clear();
        HeadWriter.request(head, out, requestEdits);
        return out.writerIndex();
    }

    /** A response's head is checked and written. */
    @Benchmark
    public int relayResponse() {
        response.readerIndex(0);
        head.load(response, response.readableBytes());
        HeadParser.response(head);
        responseEdits.clear();
        responseEdits.serviceMillis = 3;
        out.clear();
        HeadWriter.response(head, out, 100, false, false, responseEdits);
        return out.writerIndex();
    }
}
