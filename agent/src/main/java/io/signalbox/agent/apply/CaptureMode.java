package io.signalbox.agent.apply;

/** How connections reach the agent, and how their original destination is learnt. */
public enum CaptureMode {
    /**
     * The agent binds every service address and port; the local address is the destination. Needs no privileges in
     * 127.0.0.0/8.
     */
    EXPLICIT,
    /**
     * One listener per address family gets what nftables or iptables REDIRECT sends; SO_ORIGINAL_DST tells the
     * destination.
     */
    REDIRECT,
    /**
     * One transparent listener per address family gets what nftables TPROXY leads there; the local address is the
     * destination. Needs CAP_NET_ADMIN.
     */
    TPROXY,
    /**
     * Listeners and rules in the network namespace of every pod of the node, see
     * {@link io.signalbox.agent.capture.pods.PodCapture}. Needs CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_SYS_PTRACE.
     */
    PODS;

    /** Whether rules in the node's network namespace lead connections to one port. */
    public boolean needsNodeRules() {
        return switch (this) {
            case EXPLICIT, PODS -> false;
            case REDIRECT, TPROXY -> true;
        };
    }
}
