package io.signalbox.configservice.registry;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address. IPv4 sorts before IPv6, then by value.
 *
 * @param v6 whether it is IPv6
 * @param high upper 64 bits of an IPv6 address; 0 for IPv4
 * @param low lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address
 */
public record IpAddress(boolean v6, long high, long low) implements Comparable<IpAddress> {
    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final Pattern V6_LITERAL = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    /**
     * Reads a literal such as {@code 10.0.0.1} or {@code fd00::1}: no names, no brackets, no zone. An IPv4-mapped IPv6
     * address is the IPv4 address.
     *
     * @return empty when the text is no address
     */
    public static Optional<IpAddress> parse(String text) {
        return text.indexOf(':') < 0 ? parseV4(text) : parseV6(text);
    }

    private static Optional<IpAddress> parseV4(String text) {
        String[] octets = text.split("\\.", -1);
        if (octets.length != 4) {
            return Optional.empty();
        }
        long value = 0;
        for (String octet : octets) {
            if (!OCTET.matcher(octet).matches() || Integer.parseInt(octet) > 255) {
                return Optional.empty();
            }
            value = (value << 8) | Integer.parseInt(octet);
        }
        return Optional.of(new IpAddress(false, 0, value));
    }

    private static Optional<IpAddress> parseV6(String text) {
        if (!V6_LITERAL.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(InetAddress.ofLiteral(text).getAddress()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The address with these bytes.
     *
     * @param bytes 4 or 16 bytes in network byte order
     * @throws IllegalArgumentException when the length is another
     */
    public static IpAddress of(byte[] bytes) {
        return switch (bytes.length) {
            case 4 ->
                new IpAddress(
                        false, 0, Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()));
            case 16 ->
                new IpAddress(
                        true,
                        ByteBuffer.wrap(bytes).getLong(0),
                        ByteBuffer.wrap(bytes).getLong(8));
            default -> throw new IllegalArgumentException("bytes: " + bytes.length + " (expected: 4 or 16)");
        };
    }

    /** 4 or 16 bytes in network byte order; a fresh array. */
    public byte[] bytes() {
        return v6
                ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
                : ByteBuffer.allocate(4).putInt((int) low).array();
    }

    /** Number of bits: 32 or 128. */
    public int bits() {
        return v6 ? 128 : 32;
    }

    /** The text of the address as it stands in a Host header: IPv6 in brackets. */
    public String hostText() {
        return v6 ? "[" + this + "]" : toString();
    }

    @Override
    public int compareTo(IpAddress other) {
        if (v6 != other.v6) {
            return v6 ? 1 : -1;
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /**
     * Canonical text; for IPv6 that of RFC 5952: lower-case, the longest run of zeros (the first of equals) as
     * {@code ::}.
     */
    @Override
    public String toString() {
        if (!v6) {
            return (low >>> 24) + "." + ((low >>> 16) & 255) + "." + ((low >>> 8) & 255) + "." + (low & 255);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (int) (((i < 4 ? high : low) >>> (48 - 16 * (i % 4))) & 0xffff);
        }
        int gapStart = -1;
        int gapLength = 1; // a single zero group is not shortened
        for (int start = 0; start < 8; start++) {
            int end = start;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - start > gapLength) {
                gapStart = start;
                gapLength = end - start;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == gapStart) {
                text.append("::");
            } else if (gapStart < 0 || i < gapStart || i >= gapStart + gapLength) {
                boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
