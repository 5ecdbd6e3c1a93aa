package io.signalbox.configservice.snapshot;

import io.signalbox.configservice.registry.IpAddress;
import java.util.Comparator;

/**
 * One address and port behind a backend. Ordered by address, then port.
 *
 * @param address where it is
 * @param port target port, 1 to 65535
 */
public record Endpoint(IpAddress address, int port) implements Comparable<Endpoint> {
    private static final Comparator<Endpoint> ORDER =
            Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port);

    @Override
    public int compareTo(Endpoint other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return address.hostText() + ":" + port;
    }
}
