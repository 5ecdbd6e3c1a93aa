package io.signalbox.agent.capture.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Bridges whose packets the kernel shows to nftables before the network layer has them (br_netfilter). TPROXY does not
 * work there: the socket that it gives a packet is taken away again when the packet leaves the bridge, and the rules
 * are not asked a second time, so that nobody answers the connection.
 */
final class BridgeFilter {
    private static final List<String> SETTINGS =
            List.of("net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables");
    private static final Path SYSTEM = Path.of("/proc/sys");

    private BridgeFilter() {}

    /**
     * Throws when one of the interfaces is such a bridge now.
     *
     * @param interfaces names; a final {@code *} stands for any characters
     */
    static void requireNoneFor(List<String> interfaces) throws IOException {
        for (String setting : SETTINGS) {
            if (isOn(setting)) {
                for (String bridge : bridges()) {
                    if (interfaces.stream().anyMatch(pattern -> matches(pattern, bridge))) {
                        throw new IOException(setting + ": 1, and " + bridge
                                + " is a bridge (expected: 0 for tproxy, or --capture redirect or pods)");
                    }
                }
            }
        }
    }

    private static boolean isOn(String setting) throws IOException {
        try {
            return !Files.readString(SYSTEM.resolve(setting.replace('.', '/')))
                    .strip()
                    .equals("0");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** As {@code ip -oneline} prints them: {@code 3: cni0: <BROADCAST,...}. */
    private static List<String> bridges() throws IOException {
        return Program.require(List.of("ip", "-oneline", "link", "show", "type", "bridge"), "")
                .lines()
                .map(line -> line.split(": ", 3)[1])
                .toList();
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}
