package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.signalbox.agent.policy.LocalReply;
import io.signalbox.agent.proxy.HeaderBlock;
import org.jspecify.annotations.Nullable;

/**
 * Writes fields of HTTP/2 as heads of HTTP/1.1, with framing of its own. What could be read as the end of a line, of
 * the request line's parts or of the body is refused before.
 */
final class BlockWriter {
    private static final int SEPARATOR = (':' << 8) | ' ';
    private static final int CRLF = ('\r' << 8) | '\n';
    private static final byte[] VERSION = Ascii.bytes("HTTP/1.1");
    private static final byte[] HOST = Ascii.bytes("host: ");
    private static final byte[] COOKIE_NAME = Ascii.bytes("cookie");
    private static final byte[] COOKIE = Ascii.bytes("cookie: ");
    private static final byte[] COOKIE_SEPARATOR = Ascii.bytes("; ");
    private static final byte[] TE_TRAILERS = Ascii.bytes("te: trailers\r\n");
    private static final byte[] KEY = Ascii.bytes("sec-websocket-key: ");
    private static final byte[] ACCEPT = Ascii.bytes("sec-websocket-accept: ");
    private static final byte[] CLOSE = Ascii.bytes("connection: close\r\n");
    private static final byte[] CHUNKED = Ascii.bytes("transfer-encoding: chunked\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n");
    private static final AsciiString STAR = AsciiString.cached("*");
    private static final AsciiString OPTIONS = AsciiString.cached("OPTIONS");
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int MAX_LENGTH_DIGITS = 18;

    /** Instead of a length: the message does not tell one. */
    static final long NO_LENGTH = -1;

    /** Instead of a length: what is told is none. */
    static final long BAD_LENGTH = -2;

    private BlockWriter() {}

    // ---- checks ---------------------------------------------------------------------------------------------------

    /** What keeps a request from being said in HTTP/1.1; null: nothing. */
    static @Nullable LocalReply problem(HeaderBlock request) {
        AsciiString method = request.method();
        AsciiString path = request.path();
        if (method == null || path == null) {
            return LocalReply.badRequest(":method and :path are needed");
        }
        if (!isToken(method)) {
            return BadMessage.METHOD.reply();
        }
        if (!isTarget(method, path)) {
            return BadMessage.TARGET.reply();
        }
        if (!isHost(authority(request))) {
            return BadMessage.HOST_VALUE.reply();
        }
        return contentLength(request) == BAD_LENGTH ? BadMessage.CONTENT_LENGTH.reply() : null;
    }

    private static boolean isToken(AsciiString text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isToken(text.byteAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isTarget(AsciiString method, AsciiString path) {
        for (int i = 0; i < path.length(); i++) {
            if (!Ascii.isTarget(path.byteAt(i))) {
                return false;
            }
        }
        return path.byteAt(0) == '/' || (path.equals(STAR) && method.equals(OPTIONS));
    }

    private static boolean isHost(AsciiString authority) {
        for (int i = 0; i < authority.length(); i++) {
            if (!Ascii.isHost(authority.byteAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static AsciiString authority(HeaderBlock request) {
        AsciiString authority = request.authority();
        AsciiString host = authority == null ? request.get(HeaderBlock.HOST) : authority;
        return host == null ? AsciiString.EMPTY_STRING : host;
    }

    /** The length that a message tells, {@link #NO_LENGTH} or {@link #BAD_LENGTH}. */
    static long contentLength(HeaderBlock block) {
        long length = NO_LENGTH;
        for (int i = 0; i < block.size(); i++) {
            if (nameOf(block, i) == HeaderName.CONTENT_LENGTH) {
                length = length == NO_LENGTH ? decimal(block.value(i)) : BAD_LENGTH;
            }
        }
        return length;
    }

    private static long decimal(AsciiString text) {
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isDigit(text.byteAt(i))) {
                return BAD_LENGTH;
            }
            value = value * 10 + (text.byteAt(i) - '0');
        }
        return text.isEmpty() || text.length() > MAX_LENGTH_DIGITS ? BAD_LENGTH : value;
    }

    private static HeaderName nameOf(HeaderBlock block, int field) {
        AsciiString name = block.name(field);
        return HeaderName.of(name.array(), name.arrayOffset(), name.arrayOffset() + name.length());
    }

    // ---- heads ----------------------------------------------------------------------------------------------------

    /**
     * Writes the head of a request that has no {@link #problem}.
     *
     * @param length of the body; {@link #NO_LENGTH}: none is told
     * @param chunked whether the body is chunked
     */
    static void request(HeaderBlock head, ByteBuf out, long length, boolean chunked) {
        requestLine(head, String.valueOf(head.method()), out);
        fields(head, out);
        framing(out, length, chunked);
        out.writeShort(CRLF);
    }

    /**
     * Writes the head of a request for a WebSocket that has no {@link #problem}.
     *
     * @param key that the endpoint is to answer
     */
    static void upgrade(HeaderBlock head, ByteBuf out, String key) {
        HeaderBlock request = new HeaderBlock();
        request.copyFrom(head);
        WebSocketKey.remove(request);
        requestLine(request, "GET", out);
        fields(request, out);
        out.writeBytes(HeadWriter.WEBSOCKET);
        out.writeBytes(KEY);
        write(out, key);
        out.writeShort(CRLF);
        out.writeShort(CRLF);
    }

    private static void requestLine(HeaderBlock head, String method, ByteBuf out) {
        write(out, method);
        out.writeByte(' ');
        bytes(out, head.path());
        out.writeByte(' ');
        out.writeBytes(VERSION);
        out.writeShort(CRLF);
        out.writeBytes(HOST);
        bytes(out, authority(head));
        out.writeShort(CRLF);
    }

    private static void fields(HeaderBlock head, ByteBuf out) {
        boolean cookies = false;
        for (int i = 0; i < head.size(); i++) {
            AsciiString name = head.name(i);
            if (name.byteAt(0) == ':') {
                continue;
            }
            switch (nameOf(head, i)) {
                case HOST, CONTENT_LENGTH -> {}
                case TE -> out.writeBytes(TE_TRAILERS);
                default -> {
                    if (isCookie(name)) {
                        cookies = true;
                    } else {
                        field(out, name, head.value(i));
                    }
                }
            }
        }
        if (cookies) {
            cookie(head, out);
        }
    }

    private static boolean isCookie(AsciiString name) {
        int from = name.arrayOffset();
        return Ascii.matches(COOKIE_NAME, name.array(), from, from + name.length());
    }

    /** A cookie comes in pieces (RFC 9113 section 8.2.3), and goes as one field. */
    private static void cookie(HeaderBlock head, ByteBuf out) {
        out.writeBytes(COOKIE);
        boolean first = true;
        for (int i = 0; i < head.size(); i++) {
            if (isCookie(head.name(i))) {
                if (!first) {
                    out.writeBytes(COOKIE_SEPARATOR);
                }
                first = false;
                bytes(out, head.value(i));
            }
        }
        out.writeShort(CRLF);
    }

    /**
     * Writes the head of a response.
     *
     * @param length of the body; {@link #NO_LENGTH}: none is told
     * @param chunked whether the body is chunked
     * @param close whether the connection ends with it
     */
    static void response(HeaderBlock head, ByteBuf out, long length, boolean chunked, boolean close) {
        statusAndFields(head.statusCode(), head, out);
        framing(out, length, chunked);
        if (close) {
            out.writeBytes(CLOSE);
        }
        out.writeShort(CRLF);
    }

    /** Writes the head of a response that begins a WebSocket. */
    static void switched(HeaderBlock head, ByteBuf out, String accept) {
        WebSocketKey.remove(head);
        statusAndFields(SWITCHING_PROTOCOLS, head, out);
        out.writeBytes(HeadWriter.WEBSOCKET);
        out.writeBytes(ACCEPT);
        write(out, accept);
        out.writeShort(CRLF);
        out.writeShort(CRLF);
    }

    private static void statusAndFields(int status, HeaderBlock head, ByteBuf out) {
        out.writeBytes(VERSION);
        out.writeByte(' ');
        HeadWriter.decimal(out, status);
        out.writeByte(' ');
        write(out, HttpResponseStatus.valueOf(status).reasonPhrase());
        out.writeShort(CRLF);
        for (int i = 0; i < head.size(); i++) {
            AsciiString name = head.name(i);
            if (name.byteAt(0) != ':' && nameOf(head, i) != HeaderName.CONTENT_LENGTH) {
                field(out, name, head.value(i));
            }
        }
    }

    private static void framing(ByteBuf out, long length, boolean chunked) {
        if (chunked) {
            out.writeBytes(CHUNKED);
        } else if (length >= 0) {
            HeadWriter.contentLength(out, length);
        }
    }

    /** Ends a chunked body. */
    static void lastChunk(@Nullable HeaderBlock trailers, ByteBuf out) {
        out.writeBytes(LAST_CHUNK);
        if (trailers != null) {
            for (int i = 0; i < trailers.size(); i++) {
                AsciiString name = trailers.name(i);
                int from = name.arrayOffset();
                if (HeadWriter.isTrailer(nameOf(trailers, i), name.array(), from, from + name.length())) {
                    field(out, name, trailers.value(i));
                }
            }
        }
        out.writeShort(CRLF);
    }

    private static void field(ByteBuf out, AsciiString name, AsciiString value) {
        bytes(out, name);
        out.writeShort(SEPARATOR);
        bytes(out, value);
        out.writeShort(CRLF);
    }

    private static void write(ByteBuf out, String ascii) {
        ByteBufUtil.writeAscii(out, ascii);
    }

    private static void bytes(ByteBuf out, @Nullable AsciiString text) {
        if (text != null) {
            out.writeBytes(text.array(), text.arrayOffset(), text.length());
        }
    }
}
