package io.signalbox.agent.capture.rules;

import io.signalbox.agent.model.Cidr;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes {@link CaptureRules} as nftables text.
 *
 * <p>The agent's sign of life is a datagram that bears its mark and goes to its port on 127.0.0.1: the rule that sees
 * it puts the element into the set {@code alive}, where the kernel forgets it after some seconds. So a heartbeat costs
 * a system call and no process, and rules that fail open need nobody who switches them off. Tables that are the agent's
 * own need none: the kernel removes them.
 */
final class RulesText {
    /**
     * Ahead of other tables' translation of destinations (-100), such as kube-proxy's: the first that decides is the
     * one that counts.
     */
    private static final String BEFORE_OTHER_NAT = "-105";

    private final CaptureRules rules;

    private final boolean hasHeartbeat;

    /** @param hasHeartbeat whether rules that fail open ask for signs of life; else the kernel removes them in time */
    RulesText(CaptureRules rules, boolean hasHeartbeat) {
        this.rules = rules;
        this.hasHeartbeat = hasHeartbeat;
    }

    String table(String name, String flags) {
        List<String> parts = new ArrayList<>();
        parts.add((hasHeartbeat ? alive() : "") + """
                  counter captured_ipv4 { }
                  counter captured_ipv6 { }
                """);
        if (hasHeartbeat) {
            parts.add(heartbeat());
        }
        switch (rules.kind()) {
            case POD -> {
                // What a pod sends to its own address stays in it, as without an agent.
                parts.add(capture(List.of("fib daddr type local return"), redirect()));
                parts.add(redirectOutput());
            }
            case REDIRECT -> {
                parts.add(capture(List.of(), redirect()));
                parts.add(redirectOutput());
                if (!rules.interfaces().isEmpty()) {
                    parts.add(prerouting("nat", BEFORE_OTHER_NAT, List.of()));
                }
            }
            case TPROXY -> {
                parts.add(capture(List.of(), tproxy()));
                parts.add(prerouting("filter", "mangle", answersToTheAgent()));
                parts.add(noOtherNat());
                if (rules.keepsSource()) {
                    parts.add(markSpoofed());
                }
            }
        }
        return "table inet " + name + " {\n" + flags + String.join("\n", parts) + "}\n";
    }

    private static String alive() {
        // The key is the same for the heartbeat and for every packet that is looked at: "host".
        return """
                  set alive {
                    type pkt_type
                    size 1
                    flags dynamic,timeout
                    timeout %ds
                  }
                """.formatted(CaptureRules.ALIVE_SECONDS);
    }

    private String heartbeat() {
        return chain(
                "heartbeat",
                "type filter hook output priority raw; policy accept;",
                List.of("ip daddr 127.0.0.1 udp dport %d meta mark %s update @alive { meta pkttype }"
                        .formatted(rules.port(), mark(rules.socketMark()))));
    }

    private String redirectOutput() {
        return chain(
                "output",
                "type nat hook output priority " + BEFORE_OTHER_NAT + "; policy accept;",
                List.of("meta mark " + mark(rules.socketMark()) + " return", "goto capture"));
    }

    private String prerouting(String type, String priority, List<String> first) {
        List<String> lines = new ArrayList<>(first);
        // What goes to the node itself: its ports, NodePorts, the kubelet.
        lines.add("fib daddr type local return");
        rules.interfaces().forEach(name -> lines.add("iifname \"" + name + "\" goto capture"));
        return chain(
                "prerouting", "type %s hook prerouting priority %s; policy accept;".formatted(type, priority), lines);
    }

    /**
     * Packets of connections that the agent already has: to a destination that it stands for, or to a caller's address.
     */
    private List<String> answersToTheAgent() {
        String take = " meta mark set " + mark(rules.routingMark()) + " accept";
        List<String> lines = new ArrayList<>(List.of("meta l4proto != tcp return"));
        if (rules.keepsSource()) {
            // By connection tracking, since another table may have translated what the socket connected to.
            lines.add("ct direction reply ct mark " + mark(rules.routingMark()) + take);
        }
        lines.add("socket transparent 1" + take);
        return lines;
    }

    private String capture(List<String> first, List<String> last) {
        // A connection that is older than the rules looks new in the middle, and must go on as it began.
        List<String> lines = new ArrayList<>(
                List.of("meta l4proto != tcp return", "tcp flags & (fin | syn | rst | ack) != syn return"));
        lines.addAll(first);
        lines.add("ip daddr { 127.0.0.0/8, 169.254.0.0/16 } return");
        lines.add("ip6 daddr { ::1, fe80::/10 } return");
        lines.add("tcp dport { " + ports() + " } return");
        addresses(lines, "daddr", rules.excludedAddresses());
        addresses(lines, "saddr", rules.excludedSources());
        if (hasHeartbeat && rules.failureMode() == FailureMode.OPEN) {
            lines.add("meta pkttype != @alive return");
        }
        lines.addAll(last);
        return chain("capture", "", lines);
    }

    private List<String> redirect() {
        String redirect = " redirect to :" + rules.port();
        return List.of(
                "meta nfproto ipv4 meta l4proto tcp counter name \"captured_ipv4\"" + redirect,
                "meta nfproto ipv6 meta l4proto tcp counter name \"captured_ipv6\"" + redirect);
    }

    /** Without a listening socket a rule ends at {@code tproxy}, and the next one is tried. */
    private List<String> tproxy() {
        String take = "to :%d meta mark set %s counter name ".formatted(rules.port(), mark(rules.routingMark()));
        List<String> lines = new ArrayList<>();
        lines.add("meta nfproto ipv4 meta l4proto tcp tproxy ip " + take + "\"captured_ipv4\" accept");
        lines.add("meta nfproto ipv6 meta l4proto tcp tproxy ip6 " + take + "\"captured_ipv6\" accept");
        if (rules.failureMode() == FailureMode.CLOSED) {
            lines.add("meta l4proto tcp reject with tcp reset");
        }
        return lines;
    }

    /**
     * Captured connections keep their destination: translating it to itself is a decision, after which no other table
     * is asked. Else kube-proxy would turn a service's address into that of an endpoint.
     */
    private String noOtherNat() {
        String captured = "meta mark " + mark(rules.routingMark());
        return chain(
                "keep_destination",
                "type nat hook prerouting priority " + BEFORE_OTHER_NAT + "; policy accept;",
                List.of(
                        captured + " meta nfproto ipv4 dnat ip to ip daddr",
                        captured + " meta nfproto ipv6 dnat ip6 to ip6 daddr"));
    }

    private String markSpoofed() {
        return chain(
                "keep_source",
                "type filter hook output priority mangle; policy accept;",
                List.of("meta mark %s meta l4proto tcp fib saddr type != local ct mark set %s"
                        .formatted(mark(rules.socketMark()), mark(rules.routingMark()))));
    }

    private String ports() {
        // Whoever dials the agent's own port is not captured, and the agent closes such connections.
        List<String> ports = new ArrayList<>(List.of(Integer.toString(rules.port())));
        rules.excludedPorts().stream()
                .filter(range -> !range.equals(new PortRange(rules.port(), rules.port())))
                .map(PortRange::toString)
                .forEach(ports::add);
        return String.join(", ", ports);
    }

    private static void addresses(List<String> lines, String field, List<Cidr> ranges) {
        for (String family : List.of("ip", "ip6")) {
            String elements = ranges.stream()
                    .filter(range -> family.equals("ip") == range.address() instanceof Inet4Address)
                    .map(Cidr::toString)
                    .distinct()
                    .collect(Collectors.joining(", "));
            if (!elements.isEmpty()) {
                lines.add(family + " " + field + " { " + elements + " } return");
            }
        }
    }

    private static String mark(int mark) {
        return "0x%08x".formatted(mark);
    }

    private static String chain(String name, String head, List<String> lines) {
        StringBuilder text = new StringBuilder("  chain ").append(name).append(" {\n");
        if (!head.isEmpty()) {
            text.append("    ").append(head).append('\n');
        }
        lines.forEach(line -> text.append("    ").append(line).append('\n'));
        return text.append("  }\n").toString();
    }
}
