package io.signalbox.agent.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import io.signalbox.agent.proxy.HeaderBlock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpackCodecTest {
    private static final int MAX_HEADER_BYTES = 60 * 1024;

    @ParameterizedTest
    @ValueSource(strings = {"traceparent", "tracestate", "x-request-id", "grpc-timeout", "authorization"})
    void whatDiffersFromRequestToRequestDrivesNothingOutOfTheTable(String name) throws Exception {
        HpackCodec codec = new HpackCodec(MAX_HEADER_BYTES);
        int second = 0;
        int last = 0;
        for (int i = 0; i < 200; i++) {
            HeaderBlock block = new HeaderBlock();
            block.add(AsciiString.of("x-stable"), AsciiString.of("a value that all requests have in common"));
            block.add(AsciiString.of(name), AsciiString.of("%055d".formatted(i)));
            ByteBuf out = Unpooled.buffer();
            codec.encode(2 * i + 1, block, out);
            last = out.readableBytes();
            second = i == 1 ? last : second;
        }
        codec.close();
        assertThat(last).isEqualTo(second).isLessThan(80);
    }
}
