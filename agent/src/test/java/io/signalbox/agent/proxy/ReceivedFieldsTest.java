package io.signalbox.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceivedFieldsTest {
    private static AsciiString text(String text) {
        return new AsciiString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "connection, close",
        "keep-alive, timeout=5",
        "proxy-connection, keep-alive",
        "transfer-encoding, chunked",
        "upgrade, websocket",
        "te, gzip",
        "te, 'trailers, gzip'",
        "Upper, x",
        "with space, x",
        "mid:colon, x",
        "x, 'a\u0000b'",
        "x, 'a\rb'",
        "x, 'a\nb'",
        ":unknown, x",
        "'', x",
    })
    void refusesWhatIsNotAllowed(String name, String value) {
        HeaderBlock block = new HeaderBlock();
        assertThatThrownBy(() -> block.addReceived(text(name), text(value)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "te, trailers",
        "te, Trailers",
        "x-connection, close",
        "updated, x",
        "keep_alive1, x",
        "x, ''",
        "x, 'tab\tand space'",
        "x, 'h\u00e9'",
        ":path, /",
    })
    void takesWhatIsAllowed(String name, String value) {
        HeaderBlock block = new HeaderBlock();
        block.addReceived(text(name), text(value));
        assertThat(block.size()).isEqualTo(1);
    }

    @Test
    void refusesPseudoHeaderFieldsAfterRegularOnesInEveryBlock() {
        HeaderBlock block = new HeaderBlock();
        AsciiString name = text("x");
        AsciiString value = text("y");
        for (int time = 0; time < 2; time++) {
            block.clear();
            block.addReceived(name, value);
            assertThatThrownBy(() -> block.addReceived(HeaderBlock.PATH, text("/")))
                    .hasMessageContaining(":path after a regular field");
        }
    }

    @Test
    void checksOtherFieldsAtThePlaceOfOnesThatWereWellFormed() {
        HeaderBlock block = new HeaderBlock();
        AsciiString name = text("te");
        AsciiString value = text("trailers");
        block.addReceived(name, value);
        block.clear();
        assertThatThrownBy(() -> block.addReceived(name, text("gzip"))).hasMessageContaining("te: gzip");
        block.clear();
        assertThatThrownBy(() -> block.addReceived(name, text("a\0b"))).hasMessageContaining("forbidden character");
        block.clear();
        assertThatThrownBy(() -> block.addReceived(text("T"), value)).hasMessageContaining("forbidden character");
        block.clear();
        block.addReceived(name, value);
        assertThat((Object) block.get(name)).isSameAs(value);
    }

    /** What was refused is not remembered as well formed. */
    @Test
    void refusesTheSameBadFieldAgain() {
        HeaderBlock block = new HeaderBlock();
        AsciiString bad = text("a\nb");
        for (int time = 0; time < 3; time++) {
            block.clear();
            assertThatThrownBy(() -> block.addReceived(text("x"), bad)).hasMessageContaining("forbidden character");
        }
    }
}
