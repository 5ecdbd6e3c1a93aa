package io.signalbox.agent.detect;

import java.nio.charset.StandardCharsets;

/**
 * Detects HTTP/1.1, HTTP/2 and TLS. The verdict depends on the bytes alone, not on how they were split into reads: a
 * prefix gives either {@link Detection#UNDECIDED} or the verdict of the whole.
 *
 * <p>HTTP/1.1 is a token, a space, a target without spaces, a space and {@code HTTP/1.1} (RFC 9112 section 3); a line
 * of more than {@value #MAX_REQUEST_LINE_BYTES} bytes, or one with a method of more than {@value #MAX_METHOD_BYTES}, is
 * opaque.
 */
public final class ProtocolDetector {
    /** Bytes that a caller must be ready to keep until there is a verdict. */
    public static final int MAX_REQUEST_LINE_BYTES = 16 * 1024;

    private static final int MAX_METHOD_BYTES = 32;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP11 = "HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
    private static final int TLS_HANDSHAKE = 22;
    private static final int TLS_MAJOR = 3;
    private static final int CLIENT_HELLO = 1;
    private static final int TLS_BYTES = 6;

    private ProtocolDetector() {}

    /**
     * Looks at the first bytes of a connection.
     *
     * @param bytes holds them in {@code [0, length)}
     */
    public static Detection detect(byte[] bytes, int length) {
        if (length == 0) {
            return Detection.UNDECIDED;
        }
        if (bytes[0] == TLS_HANDSHAKE) {
            return tls(bytes, length);
        }
        int common = 0;
        while (common < length && common < PREFACE.length && bytes[common] == PREFACE[common]) {
            common++;
        }
        if (common == PREFACE.length) {
            return Detection.HTTP2;
        }
        return common == length ? Detection.UNDECIDED : http1(bytes, length);
    }

    private static Detection tls(byte[] bytes, int length) {
        if (length > 1 && bytes[1] != TLS_MAJOR) {
            return Detection.OPAQUE;
        }
        if (length < TLS_BYTES) {
            return Detection.UNDECIDED;
        }
        return bytes[TLS_BYTES - 1] == CLIENT_HELLO ? Detection.TLS : Detection.OPAQUE;
    }

    private static Detection http1(byte[] bytes, int length) {
        int start = 0;
        // One empty line before a request is let pass (RFC 9112 section 2.2).
        if (bytes[0] == '\r') {
            if (length == 1) {
                return Detection.UNDECIDED;
            }
            if (bytes[1] != '\n') {
                return Detection.OPAQUE;
            }
            start = 2;
        }
        int i = start;
        while (i < length && bytes[i] != ' ') {
            if (!isTokenByte(bytes[i]) || i - start >= MAX_METHOD_BYTES) {
                return Detection.OPAQUE;
            }
            i++;
        }
        if (i == length) {
            return Detection.UNDECIDED;
        }
        if (i == start) {
            return Detection.OPAQUE;
        }
        int target = ++i;
        while (i < length && bytes[i] != ' ') {
            if (bytes[i] <= ' ' || bytes[i] == 0x7f || i - start >= MAX_REQUEST_LINE_BYTES) {
                return Detection.OPAQUE; // bytes above 0x7f are negative here and no part of a target either
            }
            i++;
        }
        if (i == length) {
            return Detection.UNDECIDED;
        }
        return i == target ? Detection.OPAQUE : version(bytes, i + 1, length);
    }

    private static Detection version(byte[] bytes, int from, int length) {
        for (int i = 0; i < HTTP11.length; i++) {
            if (from + i == length) {
                return Detection.UNDECIDED;
            }
            if (bytes[from + i] != HTTP11[i]) {
                return Detection.OPAQUE;
            }
        }
        if (from + HTTP11.length == length) {
            return Detection.UNDECIDED;
        }
        byte next = bytes[from + HTTP11.length];
        return next == '\r' || next == '\n' ? Detection.HTTP1 : Detection.OPAQUE;
    }

    private static boolean isTokenByte(byte b) {
        return (b >= 'A' && b <= 'Z')
                || (b >= 'a' && b <= 'z')
                || (b >= '0' && b <= '9')
                || (b > ' ' && "!#$%&'*+-.^_`|~".indexOf(b) >= 0);
    }
}
