package io.signalbox.agent.detect;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS ClientHello (RFC 8446 section 4.1.2) says of the server that the client wants. The verdict depends on the
 * bytes alone, not on how they were split into records or reads: a prefix gives either {@link Status#INCOMPLETE} or the
 * verdict of the whole.
 *
 * @param status how far reading came
 * @param serverName the SNI (RFC 6066 section 3) in lower case; null when there is none
 */
public record ClientHello(Status status, @Nullable String serverName) {
    /** How far reading came. */
    public enum Status {
        /** More bytes are needed. */
        INCOMPLETE,
        /** The whole ClientHello was read. */
        COMPLETE,
        /** The bytes are no ClientHello, a malformed one, or one that is larger than {@link #MAX_BYTES}. */
        NONE
    }

    /** Bytes that a caller must be ready to keep until there is a verdict; Envoy's limit too. */
    public static final int MAX_BYTES = 16 * 1024;

    private static final ClientHello INCOMPLETE = new ClientHello(Status.INCOMPLETE, null);
    private static final ClientHello NOT_ONE = new ClientHello(Status.NONE, null);
    private static final ClientHello WITHOUT_NAME = new ClientHello(Status.COMPLETE, null);

    private static final int HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;
    private static final int CLIENT_HELLO = 1;
    private static final int RECORD_HEADER = 5;
    private static final int MAX_RECORD = 16 * 1024;
    private static final int MESSAGE_HEADER = 4;
    private static final int VERSION_AND_RANDOM = 34;
    private static final int MAX_SESSION_ID = 32;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    private static final int MAX_NAME = 255;

    /**
     * Reads the first bytes of a connection.
     *
     * @param bytes holds them in {@code [0, length)}
     */
    public static ClientHello read(byte[] bytes, int length) {
        int available = Math.min(length, MAX_BYTES);
        byte[] message = new byte[available];
        int size = 0;
        int at = 0;
        while (at < available) {
            int header = Math.min(RECORD_HEADER, available - at);
            if (bytes[at] != HANDSHAKE || (header > 1 && bytes[at + 1] != MAJOR_VERSION)) {
                return NOT_ONE;
            }
            if (header < RECORD_HEADER) {
                break;
            }
            int fragment = number(bytes, at + 3, 2);
            if (fragment == 0 || fragment > MAX_RECORD) {
                return NOT_ONE;
            }
            at += RECORD_HEADER;
            int count = Math.min(fragment, available - at);
            System.arraycopy(bytes, at, message, size, count);
            size += count;
            at += count;
            ClientHello verdict = message(message, size);
            if (verdict != null) {
                return verdict;
            }
        }
        return length >= MAX_BYTES ? NOT_ONE : INCOMPLETE;
    }

    /** The verdict on the handshake message whose first bytes these are; null while there are too few. */
    private static @Nullable ClientHello message(byte[] message, int size) {
        if (size > 0 && message[0] != CLIENT_HELLO) {
            return NOT_ONE;
        }
        if (size < MESSAGE_HEADER) {
            return null;
        }
        int end = MESSAGE_HEADER + number(message, 1, 3);
        if (end > MAX_BYTES) {
            return NOT_ONE;
        }
        return size < end ? null : new Body(Arrays.copyOf(message, end)).read();
    }

    private static int number(byte[] bytes, int at, int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = value << Byte.SIZE | (bytes[at + i] & 0xff);
        }
        return value;
    }

    /** A whole message. Every step first looks whether it stays inside. */
    private static final class Body {
        private final byte[] bytes;
        private int at = MESSAGE_HEADER;

        Body(byte[] bytes) {
            this.bytes = bytes;
        }

        ClientHello read() {
            boolean isWellFormed = skip(VERSION_AND_RANDOM)
                    && skipVector(1, 0, MAX_SESSION_ID)
                    && skipVector(2, 2, bytes.length)
                    && skipVector(1, 1, bytes.length);
            if (!isWellFormed) {
                return NOT_ONE;
            }
            if (at == bytes.length) {
                return WITHOUT_NAME; // extensions came with TLS 1.2
            }
            int extensions = length(2);
            return extensions < 0 || at + extensions != bytes.length ? NOT_ONE : extensions();
        }

        private ClientHello extensions() {
            ClientHello found = WITHOUT_NAME;
            while (at < bytes.length) {
                int type = length(2);
                int size = type < 0 ? -1 : length(2);
                if (size < 0 || at + size > bytes.length) {
                    return NOT_ONE;
                }
                if (type == SERVER_NAME) {
                    String name = found.serverName == null ? serverName(at, at + size) : null;
                    if (name == null) {
                        return NOT_ONE;
                    }
                    found = new ClientHello(Status.COMPLETE, name);
                }
                at += size;
            }
            return found;
        }

        /** The one host name of a server_name extension; null when the extension is malformed. */
        private @Nullable String serverName(int from, int to) {
            if (to - from < 5 || number(bytes, from, 2) != to - from - 2 || bytes[from + 2] != HOST_NAME) {
                return null;
            }
            int start = from + 5;
            int size = number(bytes, from + 3, 2);
            if (size == 0 || size > MAX_NAME || start + size != to) {
                return null;
            }
            for (int i = start; i < to; i++) {
                if (bytes[i] <= ' ' || bytes[i] == 0x7f) {
                    return null; // a name is visible ASCII; bytes above are negative here
                }
            }
            return new String(bytes, start, size, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
        }

        private boolean skip(int count) {
            at += count;
            return at <= bytes.length;
        }

        private boolean skipVector(int lengthBytes, int min, int max) {
            int size = length(lengthBytes);
            return size >= min && size <= max && skip(size);
        }

        /** The number that stands next; -1 when the message ends before. */
        private int length(int lengthBytes) {
            if (at + lengthBytes > bytes.length) {
                return -1;
            }
            int value = number(bytes, at, lengthBytes);
            at += lengthBytes;
            return value;
        }
    }
}
