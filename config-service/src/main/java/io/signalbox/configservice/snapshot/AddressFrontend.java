package io.signalbox.configservice.snapshot;

import io.signalbox.configservice.registry.IpAddress;

/**
 * Matches connections by their original destination address.
 *
 * @param address the address; bits after the prefix are zero
 * @param prefixLength 1 to 32, or 128 for IPv6; full length: the one address
 * @param service host name of the service that the address belongs to
 * @param protocol what is known of the bytes
 * @param route where connections go that are not HTTP
 * @param virtualHost name of the virtual host for HTTP found on a {@link FrontendProtocol#DETECT} frontend; else empty
 */
public record AddressFrontend(
        IpAddress address,
        int prefixLength,
        String service,
        FrontendProtocol protocol,
        L4Route route,
        String virtualHost)
        implements Resource {
    @Override
    public String resourceName() {
        return "address/" + address + "/" + prefixLength;
    }
}
