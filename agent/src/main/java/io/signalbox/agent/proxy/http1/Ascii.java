package io.signalbox.agent.proxy.http1;

import java.nio.charset.StandardCharsets;

/** The character classes of HTTP/1.1, by table. */
final class Ascii {
    private static final int TOKEN = 1;
    private static final int FIELD = 2;
    private static final int TARGET = 4;
    private static final int HOST = 8;
    private static final byte[] CLASSES = classes();

    private Ascii() {}

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int c = '!'; c <= '~'; c++) {
            classes[c] |= FIELD | TARGET;
            if (Character.isLetterOrDigit(c)) {
                classes[c] |= TOKEN | HOST;
            }
        }
        // Bytes above ASCII carry no syntax, and callers do send UTF-8 as it is.
        for (int c = 0x80; c <= 0xff; c++) {
            classes[c] |= FIELD | TARGET;
        }
        classes[' '] |= FIELD;
        classes['\t'] |= FIELD;
        for (byte c : bytes("!#$%&'*+-.^_`|~")) {
            classes[c] |= TOKEN;
        }
        for (byte c : bytes("-._~!$&'()*+;=%:[]")) {
            classes[c] |= HOST;
        }
        return classes;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static boolean isToken(byte b) {
        return (CLASSES[b & 0xff] & TOKEN) != 0;
    }

    /** Whether a header value, a reason phrase or a chunk extension may contain it. */
    static boolean isField(byte b) {
        return (CLASSES[b & 0xff] & FIELD) != 0;
    }

    static boolean isTarget(byte b) {
        return (CLASSES[b & 0xff] & TARGET) != 0;
    }

    /** Whether a host with port may contain it. A comma may not, although RFC 3986 lets it: it would join two hosts. */
    static boolean isHost(byte b) {
        return (CLASSES[b & 0xff] & HOST) != 0;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Value of a hexadecimal digit, or -1. */
    static int hex(byte b) {
        if (isDigit(b)) {
            return b - '0';
        }
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
    }

    /** Whether the range is that text, without regard to the case of letters. */
    static boolean matches(byte[] lowerCase, byte[] bytes, int from, int to) {
        return to - from == lowerCase.length && startsWith(lowerCase, bytes, from, to);
    }

    /** Whether the range begins with that text, without regard to the case of letters. */
    static boolean startsWith(byte[] lowerCase, byte[] bytes, int from, int to) {
        if (to - from < lowerCase.length) {
            return false;
        }
        for (int i = 0; i < lowerCase.length; i++) {
            if (lower(bytes[from + i]) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether two ranges of the same bytes are the same text, without regard to the case of letters. */
    static boolean equal(byte[] bytes, int from, int to, int otherFrom, int otherTo) {
        if (to - from != otherTo - otherFrom) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            if (lower(bytes[from + i]) != lower(bytes[otherFrom + i])) {
                return false;
            }
        }
        return true;
    }

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
