package io.signalbox.agent.config;

import java.net.InetAddress;

/**
 * Where the config service listens.
 *
 * @param host name or address, IPv6 without brackets; a name is resolved anew for every attempt to connect
 * @param port 1 to 65535
 */
public record ConfigServiceAddress(String host, int port) {
    /** Reads {@code host:port} or {@code [address]:port}. */
    public static ConfigServiceAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        int port = 0;
        try {
            port = Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            host = "";
        }
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException(text + " (expected: HOST:PORT, such as config.signalbox:15010)");
        }
        return new ConfigServiceAddress(host, port);
    }

    /** Whether it is known, without looking a name up, that nobody else's machine is meant. */
    public boolean isLoopback() {
        try {
            return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
