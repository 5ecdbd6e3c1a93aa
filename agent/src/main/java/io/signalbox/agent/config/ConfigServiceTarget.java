package io.signalbox.agent.config;

import java.util.List;

/**
 * How to reach the config service.
 *
 * @param addresses of its replicas, in no order; each may stand for several
 * @param security of the stream
 */
public record ConfigServiceTarget(List<ConfigServiceAddress> addresses, StreamSecurity security) {
    public ConfigServiceTarget {
        addresses = List.copyOf(addresses);
    }
}
