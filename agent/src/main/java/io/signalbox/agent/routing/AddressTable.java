package io.signalbox.agent.routing;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The address frontends of one audience. Immutable. */
final class AddressTable {
    static final AddressTable EMPTY = new AddressTable(List.of());

    private final Map<InetAddress, PreparedFrontend> exact;
    private final List<PreparedFrontend> ranges;
    private final @Nullable PreparedFrontend anyIpv4;
    private final @Nullable PreparedFrontend anyIpv6;

    AddressTable(List<PreparedFrontend> frontends) {
        Map<InetAddress, PreparedFrontend> addresses = new HashMap<>();
        List<PreparedFrontend> longestFirst = new ArrayList<>();
        PreparedFrontend ipv4 = null;
        PreparedFrontend ipv6 = null;
        for (PreparedFrontend frontend : frontends) {
            if (frontend.cidr().isExact()) {
                addresses.put(frontend.cidr().address(), frontend);
            } else if (frontend.cidr().prefixLength() > 0) {
                longestFirst.add(frontend);
            } else if (frontend.cidr().address() instanceof Inet4Address) {
                ipv4 = frontend;
            } else {
                ipv6 = frontend;
            }
        }
        longestFirst.sort(
                Comparator.comparingInt((PreparedFrontend f) -> f.cidr().prefixLength())
                        .reversed());
        exact = Map.copyOf(addresses);
        ranges = List.copyOf(longestFirst);
        anyIpv4 = ipv4;
        anyIpv6 = ipv6;
    }

    @Nullable
    PreparedFrontend exact(InetAddress address) {
        return exact.get(address);
    }

    /** The longest range, but not every address. */
    @Nullable
    PreparedFrontend range(InetAddress address) {
        for (PreparedFrontend range : ranges) {
            if (range.cidr().contains(address)) {
                return range;
            }
        }
        return null;
    }

    /** The frontend of every address of the family. */
    @Nullable
    PreparedFrontend any(InetAddress address) {
        return address instanceof Inet4Address ? anyIpv4 : anyIpv6;
    }
}
