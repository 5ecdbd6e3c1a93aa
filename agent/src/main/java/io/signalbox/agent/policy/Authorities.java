package io.signalbox.agent.policy;

import java.util.Locale;

/** Takes a host with an optional port apart. */
final class Authorities {
    private Authorities() {}

    /** Where the host ends: at the colon before the port, or at the end. The brackets of an IPv6 address stay. */
    static int hostEnd(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 || (authority.startsWith("[") && colon < authority.lastIndexOf(']'))
                ? authority.length()
                : colon;
    }

    static String lowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
