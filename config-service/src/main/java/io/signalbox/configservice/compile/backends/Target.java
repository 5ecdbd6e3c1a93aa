package io.signalbox.configservice.compile.backends;

import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.Locality;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One address and port that a service may be served by.
 *
 * @param address null when the host name is to be resolved
 * @param hostName empty when the address is known
 * @param port at that address
 * @param weight share among those of its locality; 0: not declared
 * @param locality where it runs
 * @param node name of the node it runs on; empty: unknown
 * @param labels of the workload behind it
 */
record Target(
        @Nullable IpAddress address,
        String hostName,
        int port,
        long weight,
        Locality locality,
        String node,
        Map<String, String> labels) {
    /** By address, then host name, then port. */
    static final Comparator<Target> ORDER = Comparator.comparing(
                    Target::address, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Target::hostName)
            .thenComparingInt(Target::port);
}
