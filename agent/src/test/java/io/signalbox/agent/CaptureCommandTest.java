package io.signalbox.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(Map<String, String> environment, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "capture";
        System.arraycopy(args, 0, all, 1, args.length);
        return AgentMain.run(
                all,
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void aDryRunPrintsTheRulesAndChangesNothing() {
        int code = run(
                Map.of("SIGNALBOX_REDIRECT_PORT", "15401", "SIGNALBOX_CAPTURE_EXCLUDE_PORTS", "22"),
                "install",
                "--capture",
                "redirect",
                "--dry-run");
        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("nft -f - <<'END'\nadd table inet signalbox\ndelete table inet signalbox\n")
                .contains("redirect to :15401", "tcp dport { 15401, 22 } return")
                .doesNotContain("ip -4")
                .endsWith("END\n");
    }

    @Test
    void aDryRunOfTproxyPrintsItsRoutesToo() {
        int code = run(Map.of(), "install", "--capture", "tproxy", "--capture-interfaces", "cni0", "--dry-run");
        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "ip -4 route replace local default dev lo table 15001",
                        "ip -6 rule add fwmark 0x305c lookup 15001 priority 15001",
                        "tproxy ip to :15001 meta mark set 0x0000305c");
    }

    @Test
    void aDryRunOfRemovingPrintsWhatIsRemoved() {
        assertThat(run(Map.of(), "remove", "--dry-run")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("delete table inet signalbox", "ip -6 rule delete priority 15001");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "'', missing",
        "instal --capture redirect, instal",
        "install, --capture: explicit",
        "install --capture explicit, --capture: explicit",
        "install --capture redirect --redirect-port 0, --redirect-port: 0",
        "install --capture tproxy, --capture-interfaces: missing",
        "install --capture redirect --node n1, --node",
        "status --capture redirect --socket-mark -1, --socket-mark: -1"
    })
    void wrongOptionsAreOneLine(String args, String reason) {
        String[] words =
                Arrays.stream(args.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new);
        assertThat(run(Map.of(), words)).isEqualTo(AgentMain.EXIT_USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).hasLineCount(1).contains(reason);
    }
}
