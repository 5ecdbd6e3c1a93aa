package io.signalbox.agent.routing;

/** Reads the host out of a Host or {@code :authority} value, or an SNI, without making an object of it. */
final class HostName {
    private HostName() {}

    /**
     * Where the host ends and the port begins. A port is cut off whatever it says; the brackets of an IPv6 address
     * stay.
     *
     * @return index of the first character after the host
     */
    static int end(CharSequence authority) {
        int length = authority.length();
        if (length > 0 && authority.charAt(0) == '[') {
            for (int i = 0; i < length; i++) {
                if (authority.charAt(i) == ']') {
                    return i + 1;
                }
            }
            return length;
        }
        for (int i = length - 1; i >= 0; i--) {
            if (authority.charAt(i) == ':') {
                return i;
            }
        }
        return length;
    }

    /** Hash of the text, without regard to the case of ASCII letters. */
    static int hash(CharSequence text, int from, int to) {
        int hash = 0x811c9dc5;
        for (int i = from; i < to; i++) {
            hash = (hash ^ lower(text.charAt(i))) * 0x01000193;
        }
        return hash ^ (hash >>> 15);
    }

    /** Whether the text is a lower-case name, without regard to the case of ASCII letters. */
    static boolean matches(String lowerCaseName, CharSequence text, int from, int to) {
        if (lowerCaseName.length() != to - from) {
            return false;
        }
        for (int i = 0; i < lowerCaseName.length(); i++) {
            if (lowerCaseName.charAt(i) != lower(text.charAt(from + i))) {
                return false;
            }
        }
        return true;
    }

    static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }

    /**
     * Whether a name fits a pattern.
     *
     * @param pattern in lower case: a name, or {@code *.} and a suffix, which needs something before the dot
     */
    static boolean fits(String pattern, CharSequence name) {
        int length = name.length();
        if (!pattern.startsWith("*.")) {
            return matches(pattern, name, 0, length);
        }
        int suffix = pattern.length() - 1;
        return length > suffix && matches(pattern.substring(1), name, length - suffix, length);
    }
}
