package io.signalbox.agent.routing;

import io.signalbox.agent.model.Version;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A port snapshot prepared for lookup. Immutable; built by {@link PortTableBuilder}. */
public final class PortTable {
    private final int port;
    private final Version version;
    private final Map<InetAddress, PreparedFrontend> exactAddresses;
    private final List<PreparedFrontend> ranges;
    private final HostTable hostsForAll;
    private final Map<String, HostTable> hostsByNamespace;

    PortTable(
            int port,
            Version version,
            Map<InetAddress, PreparedFrontend> exactAddresses,
            List<PreparedFrontend> rangesLongestFirst,
            HostTable hostsForAll,
            Map<String, HostTable> hostsByNamespace) {
        this.port = port;
        this.version = version;
        this.exactAddresses = Map.copyOf(exactAddresses);
        this.ranges = List.copyOf(rangesLongestFirst);
        this.hostsForAll = hostsForAll;
        this.hostsByNamespace = Map.copyOf(hostsByNamespace);
    }

    /** The port that this table is for. */
    public int port() {
        return port;
    }

    /** Version of the port snapshot. */
    public Version version() {
        return version;
    }

    /** The frontend of a destination address: an exact one, else the longest prefix; null when there is none. */
    @Nullable
    PreparedFrontend frontend(InetAddress destination) {
        PreparedFrontend exact = exactAddresses.get(destination);
        if (exact != null || ranges.isEmpty()) {
            return exact;
        }
        byte[] bytes = destination.getAddress();
        for (PreparedFrontend range : ranges) {
            if (contains(range.cidr().address().getAddress(), range.cidr().prefixLength(), bytes)) {
                return range;
            }
        }
        return null;
    }

    /** Whether any Host value means something here, so that bytes must be looked at. */
    boolean hasVirtualHosts() {
        return hostsForAll != HostTable.EMPTY || !hostsByNamespace.isEmpty();
    }

    /**
     * The virtual host of a Host value: an exact name before the longest suffix wildcard; at equal length a pattern of
     * the caller's own namespace before one for all.
     *
     * @param callerNamespace empty when the caller is unknown
     * @return null when nobody claims the value
     */
    @Nullable
    PreparedVirtualHost virtualHost(byte[] authority, int from, int to, String callerNamespace) {
        int end = HostName.end(authority, from, to);
        HostTable own = callerNamespace.isEmpty()
                ? HostTable.EMPTY
                : hostsByNamespace.getOrDefault(callerNamespace, HostTable.EMPTY);
        PreparedVirtualHost found = own.exact(authority, from, end);
        if (found == null) {
            found = hostsForAll.exact(authority, from, end);
        }
        if (found == null && (own.hasWildcards() || hostsForAll.hasWildcards())) {
            found = wildcard(own, authority, from, end);
        }
        return found;
    }

    private @Nullable PreparedVirtualHost wildcard(HostTable own, byte[] authority, int from, int end) {
        // The first dot gives the longest suffix. It needs at least one character before it.
        for (int i = from + 1; i < end; i++) {
            if (authority[i] == '.') {
                PreparedVirtualHost found = own.suffix(authority, i, end);
                if (found == null) {
                    found = hostsForAll.suffix(authority, i, end);
                }
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static boolean contains(byte[] network, int prefixLength, byte[] address) {
        if (network.length != address.length) {
            return false;
        }
        int wholeBytes = prefixLength / 8;
        for (int i = 0; i < wholeBytes; i++) {
            if (network[i] != address[i]) {
                return false;
            }
        }
        int restBits = prefixLength % 8;
        return restBits == 0 || ((network[wholeBytes] ^ address[wholeBytes]) & 0xff) >>> (8 - restBits) == 0;
    }
}
