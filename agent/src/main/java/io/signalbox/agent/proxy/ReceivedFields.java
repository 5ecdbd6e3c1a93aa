package io.signalbox.agent.proxy;

import io.netty.util.AsciiString;

/** What RFC 9113 section 8.2 asks of the fields that a peer sends, one by one. */
final class ReceivedFields {
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");

    private ReceivedFields() {}

    static void checkName(AsciiString name) {
        int length = name.length();
        if (length == 0) {
            throw new IllegalArgumentException("empty field name");
        }
        byte[] bytes = name.array();
        int from = name.arrayOffset();
        int i = bytes[from] == ':' ? 1 : 0;
        for (; i < length; i++) {
            if (!FieldChars.isLowerCaseToken(bytes[from + i])) {
                throw new IllegalArgumentException("field name with a forbidden character at " + i);
            }
        }
    }

    static void checkValue(AsciiString name, AsciiString value) {
        byte[] bytes = value.array();
        int from = value.arrayOffset();
        int to = from + value.length();
        for (int i = from; i < to; i++) {
            if (!FieldChars.isValue(bytes[i])) {
                throw new IllegalArgumentException("field " + name + " with a forbidden character in its value");
            }
        }
    }

    /** Refuses the fields that speak of one HTTP/1 connection (section 8.2.2). */
    static void checkAllowed(AsciiString name, AsciiString value) {
        boolean allowed = switch (name.length()) {
            case 2 -> !is(name, "te") || value.contentEqualsIgnoreCase(TRAILERS);
            case 7 -> !is(name, "upgrade");
            case 10 -> !is(name, "connection") && !is(name, "keep-alive");
            case 16 -> !is(name, "proxy-connection");
            case 17 -> !is(name, "transfer-encoding");
            default -> true;
        };
        if (!allowed) {
            throw new IllegalArgumentException("field " + name + ": " + value + " belongs to HTTP/1 connections");
        }
    }

    private static boolean is(AsciiString name, String forbidden) {
        return name.byteAt(0) == forbidden.charAt(0) && name.contentEquals(forbidden);
    }
}
