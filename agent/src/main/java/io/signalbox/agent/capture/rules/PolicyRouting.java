package io.signalbox.agent.capture.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Leads marked packets to this host, whatever their destination: what TPROXY needs besides nftables rules. One rule and
 * one table with one route for each address family, by the program {@code ip}. Needs CAP_NET_ADMIN. IPv6 is left out
 * where the kernel has none.
 */
public final class PolicyRouting {
    /** Number of the routing table, and priority of the rule that leads to it. */
    static final String TABLE = "15001";

    private static final Path IPV6 = Path.of("/proc/net/if_inet6");

    private PolicyRouting() {}

    /** Installs or completes it. */
    public static void install(int mark) throws IOException {
        for (String family : families()) {
            ip(List.of(family, "route", "replace", "local", "default", "dev", "lo", "table", TABLE), "");
            if (!hasRule(family, mark)) {
                removeRules(family);
                ip(List.of(family, "rule", "add", "fwmark", hex(mark), "lookup", TABLE, "priority", TABLE), "");
            }
        }
    }

    /** Removes all of it; does nothing where there is nothing. */
    public static void remove() throws IOException {
        for (String family : families()) {
            removeRules(family);
            ip(List.of(family, "route", "flush", "table", TABLE), "table does not exist");
        }
    }

    /** Whether all of it is there, for this mark. */
    public static boolean isInstalled(int mark) throws IOException {
        for (String family : families()) {
            if (!hasRule(family, mark) || routes(family).isBlank()) {
                return false;
            }
        }
        return true;
    }

    /** Whether any of it is there. */
    public static boolean isAnythingInstalled() throws IOException {
        for (String family : families()) {
            if (!rules(family).isEmpty() || !routes(family).isBlank()) {
                return true;
            }
        }
        return false;
    }

    /** The commands of {@link #install}, for people. */
    public static List<String> installCommands(int mark) {
        return Stream.of("-4", "-6")
                .flatMap(family -> Stream.of(
                        "ip %s route replace local default dev lo table %s".formatted(family, TABLE),
                        "ip %s rule add fwmark %s lookup %s priority %s".formatted(family, hex(mark), TABLE, TABLE)))
                .toList();
    }

    /** The commands of {@link #remove}, for people. */
    public static List<String> removeCommands() {
        return Stream.of("-4", "-6")
                .flatMap(family -> Stream.of(
                        "ip %s rule delete priority %s".formatted(family, TABLE),
                        "ip %s route flush table %s".formatted(family, TABLE)))
                .toList();
    }

    private static List<String> families() {
        return Files.exists(IPV6) ? List.of("-4", "-6") : List.of("-4");
    }

    private static boolean hasRule(String family, int mark) throws IOException {
        List<String> rules = rules(family);
        return rules.size() == 1 && rules.getFirst().contains("fwmark " + hex(mark) + " lookup " + TABLE);
    }

    private static List<String> rules(String family) throws IOException {
        return ip(List.of(family, "rule", "show", "priority", TABLE), "")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    private static String routes(String family) throws IOException {
        return ip(List.of(family, "route", "show", "table", TABLE), "table does not exist");
    }

    private static void removeRules(String family) throws IOException {
        int installed = rules(family).size();
        for (int i = 0; i < installed; i++) {
            ip(List.of(family, "rule", "delete", "priority", TABLE), "");
        }
    }

    /** @param accepted part of an error that is none here; empty: every error is one */
    private static String ip(List<String> arguments, String accepted) throws IOException {
        List<String> command =
                Stream.concat(Stream.of("ip"), arguments.stream()).toList();
        if (accepted.isEmpty()) {
            return Program.require(command, "");
        }
        Program.Result result = Program.run(command, "");
        if (!result.isGood() && !result.errors().contains(accepted)) {
            throw new IOException(
                    String.join(" ", command) + ": " + result.errors().strip());
        }
        return result.output();
    }

    private static String hex(int mark) {
        return "0x" + Integer.toHexString(mark);
    }
}
