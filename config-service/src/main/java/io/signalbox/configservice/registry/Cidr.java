package io.signalbox.configservice.registry;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of addresses.
 *
 * @param address its first address: bits outside of the prefix are zero
 * @param prefixLength number of leading bits that are fixed: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(IpAddress address, int prefixLength) implements Comparable<Cidr> {
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

    public Cidr {
        if (prefixLength < 0 || prefixLength > address.bits()) {
            throw new IllegalArgumentException(
                    "prefixLength: " + prefixLength + " (expected: 0 to " + address.bits() + ")");
        }
        address = masked(address, prefixLength);
    }

    /** The range of this one address. */
    public static Cidr of(IpAddress address) {
        return new Cidr(address, address.bits());
    }

    /**
     * Reads a literal such as {@code 10.0.0.0/8}, {@code fd00::/8} or a single address. Bits outside of the prefix are
     * cleared.
     *
     * @return empty when the text is none of these
     */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return IpAddress.parse(text).map(Cidr::of);
        }
        String length = text.substring(slash + 1);
        return IpAddress.parse(text.substring(0, slash))
                .filter(address -> LENGTH.matcher(length).matches() && Integer.parseInt(length) <= address.bits())
                .map(address -> new Cidr(address, Integer.parseInt(length)));
    }

    /** Whether it is one address. */
    public boolean isSingle() {
        return prefixLength == address.bits();
    }

    /** Whether the address lies in this range. */
    public boolean contains(IpAddress other) {
        return other.v6() == address.v6() && masked(other, prefixLength).equals(address);
    }

    @Override
    public int compareTo(Cidr other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(prefixLength, other.prefixLength);
    }

    @Override
    public String toString() {
        return isSingle() ? address.toString() : address + "/" + prefixLength;
    }

    private static IpAddress masked(IpAddress address, int prefixLength) {
        return address.v6()
                ? new IpAddress(
                        true,
                        address.high() & leading(Math.min(prefixLength, 64)),
                        address.low() & leading(Math.max(prefixLength - 64, 0)))
                : new IpAddress(false, 0, address.low() & (leading(prefixLength) >>> 32));
    }

    private static long leading(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }
}
