package io.signalbox.agent.policy;

import java.util.Locale;

/** Takes a host with an optional port apart. */
public final class Authorities {
    private Authorities() {}

    /** Where the host ends: at the colon before the port, or at the end. The brackets of an IPv6 address stay. */
    public static int hostEnd(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 || (authority.startsWith("[") && colon < authority.lastIndexOf(']'))
                ? authority.length()
                : colon;
    }

    /** A host name in the form in which it compares. */
    public static String lowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
