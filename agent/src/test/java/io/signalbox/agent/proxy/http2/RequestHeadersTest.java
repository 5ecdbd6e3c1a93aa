package io.signalbox.agent.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;

class RequestHeadersTest {
    private static RequestHeaders of(String... fields) {
        RequestHeaders headers = new RequestHeaders();
        for (int i = 0; i < fields.length; i += 2) {
            headers.block.addReceived(AsciiString.of(fields[i]), AsciiString.of(fields[i + 1]));
        }
        headers.read();
        return headers;
    }

    @Test
    void showsRulesAWebSocketAsTheGetThatItIsInHttp1() {
        RequestHeaders request = of(
                ":method",
                "CONNECT",
                ":protocol",
                "websocket",
                ":scheme",
                "http",
                ":authority",
                "web",
                ":path",
                "/chat?room=1");
        assertThat(request.method()).asString().isEqualTo("GET");
        assertThat(request.header("upgrade")).asString().isEqualTo("websocket");
        assertThat(request.header("connection")).asString().isEqualTo("upgrade");
        assertThat(request.path()).asString().isEqualTo("/chat");
        assertThat(request.query()).asString().isEqualTo("room=1");
    }

    @Test
    void forgetsTheProtocolWithTheRequest() {
        RequestHeaders request = of(":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/");
        request.clear();
        request.block.addReceived(AsciiString.of(":method"), AsciiString.of("PUT"));
        assertThat(request.method()).asString().isEqualTo("PUT");
        assertThat(request.header("upgrade")).isNull();
    }
}
