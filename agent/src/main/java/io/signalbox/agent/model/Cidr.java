package io.signalbox.agent.model;

import java.net.InetAddress;

/**
 * A range of addresses.
 *
 * @param address the first address of the range
 * @param prefixLength number of leading bits that count: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(InetAddress address, int prefixLength) {
    public Cidr {
        int bits = address.getAddress().length * 8;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("prefixLength: " + prefixLength + " (expected: 0 to " + bits + ")");
        }
    }

    /** Whether the range is one single address. */
    public boolean isExact() {
        return prefixLength == address.getAddress().length * 8;
    }

    /** Whether an address lies in the range. */
    public boolean contains(InetAddress candidate) {
        byte[] network = address.getAddress();
        byte[] bytes = candidate.getAddress();
        if (network.length != bytes.length) {
            return false;
        }
        int wholeBytes = prefixLength / Byte.SIZE;
        for (int i = 0; i < wholeBytes; i++) {
            if (network[i] != bytes[i]) {
                return false;
            }
        }
        int restBits = prefixLength % Byte.SIZE;
        return restBits == 0 || ((network[wholeBytes] ^ bytes[wholeBytes]) & 0xff) >>> (Byte.SIZE - restBits) == 0;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefixLength;
    }
}
