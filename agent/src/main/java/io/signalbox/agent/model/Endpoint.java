package io.signalbox.agent.model;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * One resolved address and port to connect to.
 *
 * @param address resolved, never a name
 * @param port 1 to 65535
 */
public record Endpoint(InetAddress address, int port) {
    /** The address in the form that a socket takes. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(address, port);
    }

    /** {@code 10.0.0.1:8080} or {@code [fd00::1]:8080}. */
    @Override
    public String toString() {
        String host = address.getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
