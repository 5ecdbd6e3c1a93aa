package io.signalbox.agent.routing;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one kind of caller sees of a port: its own layer, which hides the general one for the same address or pattern.
 *
 * @param hosts Host values, by number of their virtual host
 * @param snis SNI values, by number of their frontend
 */
record CallerView(AddressTable own, AddressTable general, Names hosts, Names snis) {
    static final CallerView EMPTY = new CallerView(
            AddressTable.EMPTY,
            AddressTable.EMPTY,
            new Names(NameTable.EMPTY, NameTable.EMPTY),
            new Names(NameTable.EMPTY, NameTable.EMPTY));

    /** The frontend of an address: an exact one, else the longest range; null when there is none but for all. */
    @Nullable
    PreparedFrontend frontend(InetAddress address) {
        PreparedFrontend found = own.exact(address);
        if (found == null) {
            found = general.exact(address);
        }
        if (found == null) {
            PreparedFrontend particular = own.range(address);
            found = general.range(address);
            if (particular != null
                    && (found == null
                            || particular.cidr().prefixLength() >= found.cidr().prefixLength())) {
                found = particular;
            }
        }
        return found;
    }

    /** The frontend of every address on the port. */
    @Nullable
    PreparedFrontend anyAddress(InetAddress address) {
        PreparedFrontend found = own.any(address);
        return found == null ? general.any(address) : found;
    }
}
