package io.signalbox.agent.routing;

import io.signalbox.agent.model.Cidr;
import io.signalbox.agent.model.FrontendProtocol;
import org.jspecify.annotations.Nullable;

/**
 * An address frontend with its routes prepared.
 *
 * @param cidr what it matches
 * @param service host name of the service
 * @param protocol what is known of the bytes
 * @param route for connections that are not HTTP
 * @param virtualHost for HTTP found on a detected connection, whatever its Host; else null
 */
public record PreparedFrontend(
        Cidr cidr,
        String service,
        FrontendProtocol protocol,
        PreparedRoute route,
        @Nullable PreparedVirtualHost virtualHost) {}
