package io.signalbox.agent.config;

import java.net.InetSocketAddress;

/**
 * One address that a replica of the config service may be at.
 *
 * @param name as the agent was told it, which the replica's certificate must be for
 * @param socket where to connect
 */
record ReplicaAddress(ConfigServiceAddress name, InetSocketAddress socket) {
    /** {@code config.signalbox:15010/10.0.0.7}; the name alone when it is the address. */
    @Override
    public String toString() {
        String ip = socket.getAddress().getHostAddress();
        return ip.equals(name.host()) ? name.toString() : name + "/" + ip;
    }
}
