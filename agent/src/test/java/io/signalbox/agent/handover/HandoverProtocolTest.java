package io.signalbox.agent.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandoverProtocolTest {
    @ParameterizedTest
    @CsvSource({
        "'', 0.0.0.0, 15001, - 0.0.0.0 15001",
        "'', fd00::1, 80, - fd00:0:0:0:0:0:0:1 80",
        "1b4e-22, ::, 15001, 1b4e-22 0:0:0:0:0:0:0:0 15001"
    })
    void aSocketIsALine(String place, String address, int port, String line) {
        ListeningSocket socket =
                new ListeningSocket(place, new InetSocketAddress(InetAddress.ofLiteral(address), port), 7);
        assertThat(HandoverProtocol.line(socket)).isEqualTo(line);
        assertThat(HandoverProtocol.socket(line, 7)).isEqualTo(socket);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "- 10.0.0.1", "- host 80", "- 10.0.0.1 http", "- 10.0.0.1 80 90"})
    void whatIsNoSocketIsRefused(String line) {
        assertThatThrownBy(() -> HandoverProtocol.socket(line, 7)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "signalbox-handover 2 1", "signalbox-handover 1 -1", "signalbox-handover 1 100001"})
    void whatIsNoCountIsRefused(String line) {
        assertThatThrownBy(() -> HandoverProtocol.count(line)).isInstanceOf(IllegalArgumentException.class);
    }
}
