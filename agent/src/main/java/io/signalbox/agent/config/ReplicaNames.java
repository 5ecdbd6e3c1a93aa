package io.signalbox.agent.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.Consumer;

/** Looks up the addresses of the config service's replicas, on a thread of its own: the system's resolver blocks. */
final class ReplicaNames {
    /**
     * What names stand for now.
     *
     * @param replicas each once
     * @param problem why a name has no address; empty: all have
     */
    record Found(SequencedSet<ReplicaAddress> replicas, String problem) {}

    private ReplicaNames() {}

    /** Returns at once; the result is given on another thread. */
    static void lookUp(List<ConfigServiceAddress> names, Consumer<Found> result) {
        Thread.ofPlatform().daemon().name("signalbox-config-names").start(() -> result.accept(lookUp(names)));
    }

    private static Found lookUp(List<ConfigServiceAddress> names) {
        SequencedSet<ReplicaAddress> replicas = new LinkedHashSet<>();
        String problem = "";
        for (ConfigServiceAddress name : names) {
            try {
                for (InetAddress address : InetAddress.getAllByName(name.host())) {
                    replicas.add(new ReplicaAddress(name, new InetSocketAddress(address, name.port())));
                }
            } catch (UnknownHostException e) {
                problem = "no address of " + name.host();
            }
        }
        return new Found(replicas, problem);
    }
}
