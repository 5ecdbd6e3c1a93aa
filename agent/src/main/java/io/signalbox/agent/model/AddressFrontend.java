package io.signalbox.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Matches connections by their original destination address.
 *
 * @param cidr the addresses; with prefix length 0 it counts only after SNI and Host have been looked at
 * @param audience for one address the more particular audience hides the more general one
 * @param service host name of the service that they belong to
 * @param protocol what is known of the bytes
 * @param virtualHost name of the virtual host for HTTP found on a {@link FrontendProtocol#DETECT} frontend; else null
 * @param routes where connections go that are not HTTP: the first that fits; when none fits they are unmatched
 * @param podAddress whether the address is an endpoint of a headless service rather than the service's own
 */
public record AddressFrontend(
        Cidr cidr,
        Audience audience,
        String service,
        FrontendProtocol protocol,
        @Nullable String virtualHost,
        List<L4Route> routes,
        boolean podAddress) {
    public AddressFrontend {
        routes = List.copyOf(routes);
    }
}
