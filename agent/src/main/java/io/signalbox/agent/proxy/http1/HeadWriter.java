package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes the head that goes on: the lines as they came, copied in as few pieces as there are gaps, without those that
 * are for one connection only (RFC 9110 section 7.6.1), and with framing of our own.
 */
final class HeadWriter {
    private static final byte[] CHUNKED = Ascii.bytes("transfer-encoding: chunked\r\n");
    private static final byte[] CONTENT_LENGTH = Ascii.bytes("content-length: ");
    private static final byte[] CLOSE = Ascii.bytes("connection: close\r\n");
    private static final byte[] WEBSOCKET = Ascii.bytes("connection: upgrade\r\nupgrade: websocket\r\n");
    private static final byte[] TE_TRAILERS = Ascii.bytes("te: trailers\r\n");
    private static final byte[] TRACEPARENT = Ascii.bytes("traceparent: ");
    private static final byte[] VERSION = Ascii.bytes("HTTP/1.1");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n");
    private static final byte[] OPTIONS = Ascii.bytes("OPTIONS");
    private static final int CRLF = ('\r' << 8) | '\n';

    /** What must not come late (RFC 9110 section 6.5.1): framing, routing, authentication, how to read the body. */
    private static final byte[][] NOT_IN_TRAILERS = {
        Ascii.bytes("authorization"),
        Ascii.bytes("cache-control"),
        Ascii.bytes("content-encoding"),
        Ascii.bytes("content-range"),
        Ascii.bytes("content-type"),
        Ascii.bytes("cookie"),
        Ascii.bytes("expect"),
        Ascii.bytes("max-forwards"),
        Ascii.bytes("proxy-authenticate"),
        Ascii.bytes("proxy-authorization"),
        Ascii.bytes("range"),
        Ascii.bytes("set-cookie"),
        Ascii.bytes("trailer"),
        Ascii.bytes("www-authenticate")
    };

    private HeadWriter() {}

    /**
     * Writes a request's head.
     *
     * @param websocket whether it asks for the WebSocket protocol
     * @param asProxy whether an absolute target stays one: only where nothing is known of the destination
     * @param traceparent replaces the header of that name; null leaves it as it came
     */
    static void request(
            Head head, ByteBuf out, boolean websocket, boolean asProxy, @Nullable CharSequence traceparent) {
        int from = 0;
        if (head.isAbsoluteForm() && !asProxy) {
            out.writeBytes(head.bytes, 0, head.targetFrom);
            if (head.pathFrom == head.targetTo) {
                out.writeByte(head.isMethod(OPTIONS) ? '*' : '/');
            } else if (head.bytes[head.pathFrom] == '?') {
                out.writeByte('/');
            }
            from = head.pathFrom;
        }
        copy(head, out, from, traceparent != null);
        if (head.chunked) {
            out.writeBytes(CHUNKED);
        } else if (head.contentLength >= 0) {
            contentLength(out, head.contentLength);
        }
        if (head.trailersWelcome) {
            out.writeBytes(TE_TRAILERS);
        }
        if (websocket) {
            out.writeBytes(WEBSOCKET);
        }
        if (traceparent != null) {
            out.writeBytes(TRACEPARENT);
            ByteBufUtil.writeAscii(out, traceparent);
            out.writeShort(CRLF);
        }
        out.writeShort(CRLF);
    }

    /**
     * Writes a response's head.
     *
     * @param length of the body, -1 to leave it out
     * @param chunked whether the body is chunked
     * @param close whether the connection ends with this response
     */
    static void response(Head head, ByteBuf out, long length, boolean chunked, boolean close) {
        out.writeBytes(VERSION);
        copy(head, out, VERSION.length, false);
        if (chunked) {
            out.writeBytes(CHUNKED);
        } else if (length >= 0) {
            contentLength(out, length);
        }
        if (close) {
            out.writeBytes(CLOSE);
        }
        out.writeShort(CRLF);
    }

    /** Writes an interim response, or the one that begins a WebSocket. */
    static void interim(Head head, ByteBuf out) {
        out.writeBytes(VERSION);
        copy(head, out, VERSION.length, false);
        if (head.status == 101) {
            out.writeBytes(WEBSOCKET);
        }
        out.writeShort(CRLF);
    }

    /** Ends a chunked body. */
    static void lastChunk(@Nullable Head trailers, ByteBuf out) {
        out.writeBytes(LAST_CHUNK);
        if (trailers != null) {
            for (int i = 0; i < trailers.fieldCount; i++) {
                if (isTrailer(trailers, i)) {
                    out.writeBytes(trailers.bytes, trailers.nameFrom(i), trailers.lineTo(i) - trailers.nameFrom(i));
                }
            }
        }
        out.writeShort(CRLF);
    }

    private static boolean isTrailer(Head trailers, int field) {
        if (trailers.name(field) != HeaderName.OTHER) {
            return false;
        }
        for (byte[] forbidden : NOT_IN_TRAILERS) {
            if (Ascii.matches(forbidden, trailers.bytes, trailers.nameFrom(field), trailers.nameTo(field))) {
                return false;
            }
        }
        return true;
    }

    private static void contentLength(ByteBuf out, long length) {
        out.writeBytes(CONTENT_LENGTH);
        decimal(out, length);
        out.writeShort(CRLF);
    }

    static void decimal(ByteBuf out, long value) {
        long divisor = 1;
        while (value / divisor >= 10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            out.writeByte((int) ('0' + value / divisor % 10));
        }
    }

    private static void copy(Head head, ByteBuf out, int from, boolean dropTraceparent) {
        int keepFrom = from;
        for (int i = 0; i < head.fieldCount; i++) {
            if (isDropped(head, i, dropTraceparent)) {
                out.writeBytes(head.bytes, keepFrom, head.nameFrom(i) - keepFrom);
                keepFrom = head.lineTo(i);
            }
        }
        out.writeBytes(head.bytes, keepFrom, head.fieldsTo - keepFrom);
    }

    private static boolean isDropped(Head head, int field, boolean dropTraceparent) {
        return switch (head.name(field)) {
            case CONNECTION, CONTENT_LENGTH, KEEP_ALIVE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, UPGRADE -> true;
            case TRACEPARENT -> dropTraceparent;
            case HOST, TRACESTATE -> false;
            case OTHER -> head.namesFields && isNamedByConnection(head, field);
        };
    }

    private static boolean isNamedByConnection(Head head, int field) {
        byte[] bytes = head.bytes;
        for (int i = 0; i < head.fieldCount; i++) {
            if (head.name(i) != HeaderName.CONNECTION) {
                continue;
            }
            int to = head.valueTo(i);
            int at = head.valueFrom(i);
            while (at < to) {
                int optionFrom = at;
                while (at < to && Ascii.isToken(bytes[at])) {
                    at++;
                }
                if (Ascii.equal(bytes, optionFrom, at, head.nameFrom(field), head.nameTo(field))) {
                    return true;
                }
                while (at < to && !Ascii.isToken(bytes[at])) {
                    at++;
                }
            }
        }
        return false;
    }
}
