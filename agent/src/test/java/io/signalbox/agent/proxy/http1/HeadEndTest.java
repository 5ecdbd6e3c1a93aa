package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadEndTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "A~$~$B, 5",
        "A~$X~$~$B, 8",
        "A$$B, 3",
        "A~$$B, 4",
        "A$~$B, 4",
        "~$B, 2",
        "$B, 1",
        "A~~$B, -1",
        "A~$B~$, -1"
    })
    void findsTheEndUnderAnySplit(String text, int expected) {
        byte[] bytes = Ascii.bytes(text.replace('~', '\r').replace('$', '\n'));
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                assertThat(find(bytes, first, second)).isEqualTo(expected);
            }
        }
    }

    private static int find(byte[] bytes, int... arrivals) {
        ByteBuf in = Unpooled.buffer(32).writeZero(3).skipBytes(3);
        Input input = new Input();
        int from = 0;
        for (int arrival : arrivals) {
            in.writeBytes(bytes, from, arrival - from);
            int length = input.headLength(in);
            if (length >= 0) {
                return length;
            }
            from = arrival;
        }
        in.writeBytes(bytes, from, bytes.length - from);
        return input.headLength(in);
    }
}
