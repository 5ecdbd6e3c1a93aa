package io.signalbox.agent.model;

import org.jspecify.annotations.Nullable;

/**
 * Matches connections by their original destination address.
 *
 * @param cidr the addresses
 * @param service host name of the service that they belong to
 * @param protocol what is known of the bytes
 * @param route where connections go that are not HTTP
 * @param virtualHost name of the virtual host for HTTP found on a {@link FrontendProtocol#DETECT} frontend; else null
 */
public record AddressFrontend(
        Cidr cidr,
        String service,
        FrontendProtocol protocol,
        L4Route route,
        @Nullable String virtualHost) {}
