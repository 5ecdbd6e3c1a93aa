package io.signalbox.configservice.identity;

import java.time.Instant;
import java.util.Optional;

/**
 * Who an agent proved to be.
 *
 * @param node that it runs on; empty: it proved nothing, and nobody asked
 * @param validity of the token that proved it; empty when the token does not say
 */
public record AgentIdentity(Optional<String> node, Optional<Validity> validity) {
    /** Of an agent that nobody asked. */
    public static final AgentIdentity UNPROVEN = new AgentIdentity(Optional.empty(), Optional.empty());

    /** When a token begins and ceases to count. */
    public record Validity(Instant from, Instant until) {}

    /** Whether it may speak for that node. */
    public boolean isOf(String name) {
        return node.isEmpty() || node.get().equals(name);
    }
}
