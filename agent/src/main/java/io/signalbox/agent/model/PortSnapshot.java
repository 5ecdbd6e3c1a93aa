package io.signalbox.agent.model;

import java.util.List;
import java.util.Map;

/**
 * Everything that traffic to one port needs. Every backend that a route names is present in {@code backends}, and every
 * virtual host that an address frontend or another virtual host names in {@code virtualHosts}: {@code config} refuses
 * content that breaks this.
 *
 * @param port original destination port, 1 to 65535
 * @param version content hash
 * @param addressFrontends ordered by resource name
 * @param sniFrontends ordered by resource name
 * @param virtualHosts by name
 * @param backends by name
 */
public record PortSnapshot(
        int port,
        Version version,
        List<AddressFrontend> addressFrontends,
        List<SniFrontend> sniFrontends,
        Map<String, VirtualHost> virtualHosts,
        Map<String, Backend> backends) {
    public PortSnapshot {
        addressFrontends = List.copyOf(addressFrontends);
        sniFrontends = List.copyOf(sniFrontends);
        virtualHosts = Map.copyOf(virtualHosts);
        backends = Map.copyOf(backends);
    }
}
