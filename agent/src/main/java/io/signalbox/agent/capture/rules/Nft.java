package io.signalbox.agent.capture.rules;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Changes and reads the nftables rules of the network namespace of the calling thread, by the program {@code nft}.
 * Needs CAP_NET_ADMIN there. Methods wait for the program, milliseconds as a rule.
 */
public final class Nft {
    private static final String NFT = "nft";
    private static final String COMPARED = CaptureRules.TABLE + "_compared";
    private static final Pattern OWNED =
            Pattern.compile("^table inet (" + CaptureRules.TABLE + "_[0-9a-f]{8})$", Pattern.MULTILINE);
    private static final Pattern HEAD = Pattern.compile("^table [^\\n]*\\n(\\tflags [^\\n]*\\n)?\\n?");
    private static final Pattern COUNTER = Pattern.compile("counter captured_ipv([46]) \\{\\s*packets (\\d+)");

    private Nft() {}

    /**
     * What stands in the kernel.
     *
     * @param isAsWanted whether the rules are those that were asked about
     * @param isAgentAlive whether the rules are an agent's own, or a heartbeat came within the last
     *     {@link CaptureRules#ALIVE_SECONDS} seconds
     * @param capturedIpv4 connections since the rules were installed
     * @param capturedIpv6 likewise
     */
    public record Installed(boolean isAsWanted, boolean isAgentAlive, long capturedIpv4, long capturedIpv6) {}

    /** Puts rules in the place of all earlier ones, at once; connections that are open do not notice. */
    public static void install(CaptureRules rules) throws IOException {
        apply(rules.installText());
    }

    /** As {@link #install}, by an agent that serves already: rules that fail open capture from the first moment. */
    public static void replace(CaptureRules rules) throws IOException {
        apply(rules.installText() + "add element inet " + CaptureRules.TABLE + " alive { host }\n");
    }

    /** Removes all rules that were ever installed; does nothing where there are none. */
    public static void remove() throws IOException {
        apply(CaptureRules.removeText());
    }

    /** Rules that fail open stop capturing at once, until the next heartbeat; does nothing where there are none. */
    public static void forgetHeartbeat() throws IOException {
        String text = "flush set inet " + CaptureRules.TABLE + " alive\n";
        Program.Result result = Program.run(List.of(NFT, "-f", "-"), text);
        if (!result.isGood() && !isAbsence(result)) {
            throw new IOException(NFT + ": " + result.errors().strip());
        }
    }

    private static boolean isAbsence(Program.Result result) {
        return result.errors().contains("No such file or directory");
    }

    /** Whether {@code nft} and the kernel would take a text; changes nothing. Throws with their reasons if not. */
    public static void check(String text) throws IOException {
        Program.require(List.of(NFT, "--check", "-f", "-"), text);
    }

    /** Whether an agent holds rules that go with it, and that nobody else can remove. */
    public static boolean isAnyOwned() throws IOException {
        return ownedTable().isPresent();
    }

    /** Of two, during a hand-over, the one that is listed first. */
    private static Optional<String> ownedTable() throws IOException {
        Matcher owned = OWNED.matcher(listing("list", "tables", "inet").orElse(""));
        return owned.find() ? Optional.of(owned.group(1)) : Optional.empty();
    }

    /** What is installed, compared with some rules; empty when nothing is. */
    public static Optional<Installed> status(CaptureRules wanted) throws IOException {
        Optional<String> owned = ownedTable();
        String table = owned.orElse(CaptureRules.TABLE);
        Optional<String> listing = listing("list", "table", "inet", table);
        if (listing.isEmpty()) {
            return Optional.empty();
        }
        Matcher counters = COUNTER.matcher(listing.get());
        long ipv4 = 0;
        long ipv6 = 0;
        while (counters.find()) {
            long packets = Long.parseLong(counters.group(2));
            if ("4".equals(counters.group(1))) {
                ipv4 = packets;
            } else {
                ipv6 = packets;
            }
        }
        boolean isAlive = owned.isPresent()
                || listing("list", "set", "inet", table, "alive")
                        .map(set -> set.contains("elements"))
                        .orElse(false);
        String dormant = owned.isPresent() ? wanted.dormantOwnedText(COMPARED) : wanted.dormantText(COMPARED);
        return Optional.of(new Installed(isAsWanted(table, dormant), isAlive, ipv4, ipv6));
    }

    /**
     * The wanted rules are given to the kernel too, in a table that is switched off, and both are listed: nft prints
     * rules in another form than they are written, and rules may have been changed by hand.
     */
    private static boolean isAsWanted(String table, String dormant) throws IOException {
        apply("add table inet %1$s\ndelete table inet %1$s\n".formatted(COMPARED) + dormant);
        try {
            return rulesOf(table).equals(rulesOf(COMPARED));
        } finally {
            apply("delete table inet " + COMPARED + "\n");
        }
    }

    /** Without name, flags, owner, counts and elements. */
    private static String rulesOf(String table) throws IOException {
        return listing("--stateless", "--terse", "list", "table", "inet", table)
                .map(text -> HEAD.matcher(text).replaceFirst(""))
                .orElse("");
    }

    private static Optional<String> listing(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(NFT));
        command.addAll(List.of(arguments));
        Program.Result result = Program.run(command, "");
        if (result.isGood()) {
            return Optional.of(result.output());
        }
        if (isAbsence(result)) {
            return Optional.empty();
        }
        throw new IOException(String.join(" ", command) + ": " + result.errors().strip());
    }

    private static void apply(String text) throws IOException {
        Program.require(List.of(NFT, "-f", "-"), text);
    }
}
