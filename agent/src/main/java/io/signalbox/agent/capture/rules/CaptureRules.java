package io.signalbox.agent.capture.rules;

import io.signalbox.agent.model.Cidr;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The nftables rules of one network namespace, as a value: equal values have equal texts. All of it stands in one
 * table, so that one transaction replaces what was there before, whatever that was, and one removes it.
 *
 * <p>Never captured: what goes to loopback or link-local addresses, what bears {@link #socketMark}, connections that
 * were open before, and what is excluded here.
 *
 * @param kind which traffic is captured, and how
 * @param port of the agent's listeners
 * @param socketMark SO_MARK of the agent's own connections and of its heartbeat; above 0
 * @param failureMode what happens without an agent
 * @param interfaces by which packets of pods come in; a final {@code *} stands for any characters. Not for
 *     {@link Kind#POD}
 * @param excludedPorts of destinations
 * @param excludedAddresses of destinations
 * @param excludedSources addresses of callers that are not captured
 * @param keepsSource whether the agent sends from its callers' addresses, so that answers to these must come to it. For
 *     {@link Kind#TPROXY}
 */
public record CaptureRules(
        Kind kind,
        int port,
        int socketMark,
        FailureMode failureMode,
        List<String> interfaces,
        List<PortRange> excludedPorts,
        List<Cidr> excludedAddresses,
        List<Cidr> excludedSources,
        boolean keepsSource) {
    /** Which traffic is captured, and how. */
    public enum Kind {
        /** What the node's own processes send, and what comes in by {@link #interfaces}; by REDIRECT. */
        REDIRECT,
        /** What comes in by {@link #interfaces}; by TPROXY, which needs {@link PolicyRouting} too. */
        TPROXY,
        /** What the processes of one pod send, in the pod's network namespace; by REDIRECT. */
        POD
    }

    /** Name of the table, of family inet. */
    public static final String TABLE = "signalbox";

    /** How long a heartbeat counts. */
    public static final int ALIVE_SECONDS = 3;

    /**
     * Mark of the agent's sockets unless another is chosen. It has none of the bits that kube-proxy (0x4000, 0x8000),
     * Cilium (0x0f00) and Calico (0xffff0000) give a meaning to.
     */
    public static final int DEFAULT_SOCKET_MARK = 0x305b;

    private static final String KEEPER = """
            table inet %s {
              chain open_connections {
                type nat hook output priority -105; policy accept;
                ct status dnat accept
              }
            }
            """.formatted(TABLE);

    private static final int MAX_PORT = 65_535;

    /** As long as the kernel allows, and nothing that means something to nft. */
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9._:-]{1,15}|[A-Za-z0-9._:-]{1,14}\\*");

    public CaptureRules {
        interfaces = List.copyOf(interfaces);
        excludedPorts = List.copyOf(excludedPorts);
        excludedAddresses = List.copyOf(excludedAddresses);
        excludedSources = List.copyOf(excludedSources);
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to " + MAX_PORT + ")");
        }
        if (socketMark <= 0) {
            throw new IllegalArgumentException("socketMark: " + socketMark + " (expected: above 0)");
        }
        interfaces.forEach(CaptureRules::checkedInterface);
    }

    /** The name of an interface, or its beginning and {@code *}; throws when it is neither. */
    public static String checkedInterface(String name) {
        if (!INTERFACE.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    name + " (expected: an interface's name of up to 15 characters, or its beginning and *)");
        }
        return name;
    }

    /**
     * The rules for a pod's network namespace. By themselves they fail closed; in a table that the agent owns they fail
     * open, see {@link OwnedRules}.
     */
    public static CaptureRules ofPod(
            int port, int socketMark, List<PortRange> excludedPorts, List<Cidr> excludedAddresses) {
        return new CaptureRules(
                Kind.POD,
                port,
                socketMark,
                FailureMode.CLOSED,
                List.of(),
                excludedPorts,
                excludedAddresses,
                List.of(),
                false);
    }

    /**
     * Mark of packets that TPROXY takes and of answers to callers' addresses; {@link PolicyRouting} leads them here.
     */
    public int routingMark() {
        return socketMark + 1;
    }

    /** One transaction for {@code nft -f -} that puts these rules in the place of all earlier ones. */
    public String installText() {
        return removeText() + text(TABLE, "");
    }

    /**
     * One transaction that puts these rules in the place of all earlier ones of {@link #TABLE}, in a table that no one
     * else can change and that the kernel removes with the connection over which it was made. What stays is
     * {@link #TABLE} with a chain that changes nothing: while a network namespace has none for NAT, and no rule that
     * asks for connections, the kernel does not translate those that are open either.
     */
    String ownedText(String table) {
        return removeText() + KEEPER + ownedRules(table, "  flags owner;\n");
    }

    /** The rules of {@link #ownedText} alone, switched off and under another name. */
    String dormantOwnedText(String table) {
        return ownedRules(table, "  flags dormant;\n");
    }

    /** The table alone, switched off and under another name: what a listing of the installed one is compared with. */
    String dormantText(String table) {
        return text(table, "  flags dormant;\n");
    }

    private String text(String table, String flags) {
        return new RulesText(this, kind != Kind.POD).table(table, flags);
    }

    private String ownedRules(String table, String flags) {
        return new RulesText(this, false).table(table, flags);
    }

    /** One transaction that removes whatever rules there are; it does nothing where there are none. */
    public static String removeText() {
        // "add" makes it idempotent: deleting what is not there is an error.
        return """
                add table inet %1$s
                delete table inet %1$s
                """.formatted(TABLE);
    }
}
