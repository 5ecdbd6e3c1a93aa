package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Addresses and port numbers of the contract: 4 or 16 bytes, 1 to 65535. */
final class AddressDecoder {
    private static final int MAX_PORT = 65_535;

    private AddressDecoder() {}

    static InetAddress address(String where, ByteString bytes) throws ContentException {
        if (bytes.size() != 4 && bytes.size() != 16) {
            throw ContentException.invalid(where + ": " + bytes.size() + " bytes (expected: 4 or 16)");
        }
        InetAddress address;
        try {
            address = InetAddress.getByAddress(bytes.toByteArray());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the length was checked", e);
        }
        if (bytes.size() == 16 && address instanceof Inet4Address) {
            throw ContentException.invalid(
                    where + ": " + address.getHostAddress() + " in 16 bytes (expected: IPv4 addresses in 4 bytes)");
        }
        return address;
    }

    static List<InetAddress> addresses(String where, List<ByteString> all) throws ContentException {
        List<InetAddress> addresses = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            addresses.add(address(where + "[" + i + "]", all.get(i)));
        }
        return addresses;
    }

    static int port(String where, int port) throws ContentException {
        if (port < 1 || port > MAX_PORT) {
            throw ContentException.invalid(
                    where + ": " + Integer.toUnsignedString(port) + " (expected: 1 to " + MAX_PORT + ")");
        }
        return port;
    }
}
