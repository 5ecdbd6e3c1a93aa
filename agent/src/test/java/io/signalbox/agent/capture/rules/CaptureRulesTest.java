package io.signalbox.agent.capture.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.agent.model.Cidr;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureRulesTest {
    private static Cidr cidr(String address, int prefixLength) {
        return new Cidr(InetAddress.ofLiteral(address), prefixLength);
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of(
                        "redirect-open",
                        new CaptureRules(
                                CaptureRules.Kind.REDIRECT,
                                15001,
                                CaptureRules.DEFAULT_SOCKET_MARK,
                                FailureMode.OPEN,
                                List.of("cni0", "veth*"),
                                List.of(PortRange.parse("22"), PortRange.parse("8000-8100"), PortRange.parse("15001")),
                                List.of(cidr("10.0.0.1", 32), cidr("fd00::", 8)),
                                List.of(cidr("10.244.3.0", 24)),
                                false)),
                Arguments.of(
                        "tproxy-closed",
                        new CaptureRules(
                                CaptureRules.Kind.TPROXY,
                                15006,
                                1337,
                                FailureMode.CLOSED,
                                List.of("cni0"),
                                List.of(),
                                List.of(),
                                List.of(),
                                true)),
                Arguments.of("pod", CaptureRules.ofPod(15001, 0x305b, List.of(), List.of(cidr("10.0.0.0", 8)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void theTextIsThatOfTheFile(String file, CaptureRules rules) throws IOException {
        try (InputStream expected =
                Objects.requireNonNull(getClass().getResourceAsStream("/capture-rules/" + file + ".nft"), file)) {
            assertThat(rules.installText()).isEqualTo(new String(expected.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POD")
    void onlyRulesThatFailOpenAskForTheHeartbeat(CaptureRules.Kind kind) {
        for (FailureMode mode : FailureMode.values()) {
            String text =
                    new CaptureRules(kind, 1, 2, mode, List.of(), List.of(), List.of(), List.of(), false).installText();
            assertThat(text.contains("!= @alive return")).isEqualTo(mode == FailureMode.OPEN);
            assertThat(text).contains("update @alive");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TPROXY")
    void tablesOfTheAgentsOwnNeedNoSignOfLifeAndLeaveOpenConnectionsTranslated(CaptureRules.Kind kind) {
        CaptureRules rules = new CaptureRules(
                kind, 15001, 0x305b, FailureMode.OPEN, List.of(), List.of(), List.of(), List.of(), false);

        assertThat(rules.ownedText("signalbox_1")).startsWith("""
                        add table inet signalbox
                        delete table inet signalbox
                        table inet signalbox {
                          chain open_connections {
                            type nat hook output priority -105; policy accept;
                            ct status dnat accept
                          }
                        }
                        table inet signalbox_1 {
                          flags owner;
                        """).doesNotContain("alive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "eth0 accept", "eth\"0", "averyveryverylong0", "averyveryverylo*", "a*b", "veth+"})
    void whatIsNoInterfaceIsRefused(String name) {
        assertThatThrownBy(() -> CaptureRules.checkedInterface(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "2-1", "-5", "http", "1-2-3", "80-"})
    void whatIsNoPortIsRefused(String text) {
        assertThatThrownBy(() -> PortRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }
}
