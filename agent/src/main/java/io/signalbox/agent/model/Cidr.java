package io.signalbox.agent.model;

import java.net.InetAddress;

/**
 * A range of addresses.
 *
 * @param address the first address of the range
 * @param prefixLength number of leading bits that count: 1 to 32 for IPv4, 1 to 128 for IPv6
 */
public record Cidr(InetAddress address, int prefixLength) {
    public Cidr {
        int bits = address.getAddress().length * 8;
        if (prefixLength < 1 || prefixLength > bits) {
            throw new IllegalArgumentException("prefixLength: " + prefixLength + " (expected: 1 to " + bits + ")");
        }
    }

    /** Whether the range is one single address. */
    public boolean isExact() {
        return prefixLength == address.getAddress().length * 8;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefixLength;
    }
}
