package io.signalbox.agent.routing;

/** Reads the host out of a Host or {@code :authority} value without making an object of it. */
final class HostName {
    private HostName() {}

    /**
     * Where the host ends and the port begins. A port is cut off whatever it says; the brackets of an IPv6 address
     * stay.
     *
     * @return index of the first byte after the host
     */
    static int end(byte[] authority, int from, int to) {
        if (from < to && authority[from] == '[') {
            for (int i = from; i < to; i++) {
                if (authority[i] == ']') {
                    return i + 1;
                }
            }
            return to;
        }
        for (int i = to - 1; i >= from; i--) {
            if (authority[i] == ':') {
                return i;
            }
        }
        return to;
    }

    /** Hash of the bytes, without regard to the case of ASCII letters. */
    static int hash(byte[] bytes, int from, int to) {
        int hash = 0x811c9dc5;
        for (int i = from; i < to; i++) {
            hash = (hash ^ lower(bytes[i])) * 0x01000193;
        }
        return hash ^ (hash >>> 15);
    }

    /** Whether the bytes are those of a lower-case name, without regard to the case of ASCII letters. */
    static boolean matches(byte[] lowerCaseName, byte[] bytes, int from, int to) {
        if (lowerCaseName.length != to - from) {
            return false;
        }
        for (int i = 0; i < lowerCaseName.length; i++) {
            if (lowerCaseName[i] != lower(bytes[from + i])) {
                return false;
            }
        }
        return true;
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
    }
}
