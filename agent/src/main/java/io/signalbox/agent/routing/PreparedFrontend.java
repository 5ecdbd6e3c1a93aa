package io.signalbox.agent.routing;

import io.signalbox.agent.model.Cidr;
import io.signalbox.agent.model.FrontendProtocol;
import java.util.List;

/**
 * An address frontend with its routes prepared.
 *
 * @param cidr what it matches
 * @param service host name of the service
 * @param protocol what is known of the bytes
 * @param podAddress whether the address is an endpoint of a headless service
 * @param virtualHost number of the virtual host for HTTP, whatever its Host; {@link NameTable#NONE}: HTTP is nothing
 *     special here
 * @param routes for connections that are not HTTP
 */
public record PreparedFrontend(
        Cidr cidr,
        String service,
        FrontendProtocol protocol,
        boolean podAddress,
        int virtualHost,
        List<PreparedL4Route> routes) {
    public PreparedFrontend {
        routes = List.copyOf(routes);
    }

    /** By what this matches. */
    public FrontendMatch match() {
        if (cidr.prefixLength() == 0) {
            return FrontendMatch.PORT;
        }
        return podAddress ? FrontendMatch.POD_IP : FrontendMatch.VIP;
    }

    /** Whether HTTP goes to a virtual host of the frontend, whatever its Host. */
    public boolean takesHttp() {
        return virtualHost != NameTable.NONE;
    }
}
