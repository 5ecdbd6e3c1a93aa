package io.signalbox.agent.resolve;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One question to DNS. */
@FunctionalInterface
public interface NameLookup {
    /**
     * What a name means now.
     *
     * @param addresses in the order of the answer; at least one
     * @param ttlMillis how long that counts
     */
    record Answer(List<InetAddress> addresses, long ttlMillis) {
        public Answer {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Looks up the IPv4 and IPv6 addresses of a name. The stage fails when there are none, or nobody answers; it
     * completes on any thread.
     */
    CompletionStage<Answer> lookup(String name);
}
