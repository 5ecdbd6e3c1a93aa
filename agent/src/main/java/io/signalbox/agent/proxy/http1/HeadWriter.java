package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.signalbox.agent.proxy.Answer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the head that goes on: the lines as they came, copied in as few pieces as there are gaps, without those that
 * are for one connection only (RFC 9110 section 7.6.1), and with framing of our own.
 */
final class HeadWriter {
    private static final byte[] CHUNKED = Ascii.bytes("transfer-encoding: chunked\r\n");
    private static final byte[] CONTENT_LENGTH = Ascii.bytes("content-length: ");
    private static final byte[] CLOSE = Ascii.bytes("connection: close\r\n");
    static final byte[] WEBSOCKET = Ascii.bytes("connection: upgrade\r\nupgrade: websocket\r\n");
    private static final byte[] TE_TRAILERS = Ascii.bytes("te: trailers\r\n");
    private static final byte[] TRACEPARENT = Ascii.bytes("traceparent: ");
    static final byte[] REQUEST_ID_NAME = Ascii.bytes("x-request-id");
    private static final byte[] REQUEST_ID = Ascii.bytes("x-request-id: ");
    static final byte[] FORWARDED_PROTO_NAME = Ascii.bytes("x-forwarded-proto");
    private static final byte[] FORWARDED_PROTO = Ascii.bytes("x-forwarded-proto: http\r\n");
    private static final byte[] ATTEMPT_COUNT = Ascii.bytes("x-envoy-attempt-count: ");
    private static final byte[] EXPECTED_TIMEOUT = Ascii.bytes("x-envoy-expected-rq-timeout-ms: ");
    private static final byte[] SERVICE_TIME = Ascii.bytes("x-envoy-upstream-service-time: ");
    private static final byte[] DATE_NAME = Ascii.bytes("date");
    private static final byte[] DATE = Ascii.bytes("date: ");
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

    /** Writes a request's head. */
    static void request(Head head, ByteBuf out, RequestEdits edits) {
        int from = requestLine(head, out, edits);
        if (edits.authority != null) {
            out.writeBytes(head.bytes, from, head.fieldsFrom - from);
            FieldChanges.write(out, "host", edits.authority);
            from = head.fieldsFrom;
        }
        copy(head, out, from, edits);
        if (head.chunked) {
            out.writeBytes(CHUNKED);
        } else if (head.contentLength >= 0) {
            contentLength(out, head.contentLength);
        }
        if (head.trailersWelcome) {
            out.writeBytes(TE_TRAILERS);
        }
        if (edits.websocket) {
            out.writeBytes(WEBSOCKET);
        }
        if (edits.traceparent != null) {
            out.writeBytes(TRACEPARENT);
            ByteBufUtil.writeAscii(out, edits.traceparent);
            out.writeShort(CRLF);
        }
        if (!edits.asItCame) {
            ownFields(head, out, edits);
        }
        out.writeShort(CRLF);
    }

    /** Returns the index from which the rest of the head is to be copied. */
    private static int requestLine(Head head, ByteBuf out, RequestEdits edits) {
        byte[] path = edits.path;
        if (path != null) {
            out.writeBytes(head.bytes, 0, head.targetFrom);
            out.writeBytes(path);
            return head.targetTo;
        }
        if (!head.isAbsoluteForm() || edits.asItCame) {
            return 0;
        }
        out.writeBytes(head.bytes, 0, head.targetFrom);
        if (head.pathFrom == head.targetTo) {
            out.writeByte(head.isMethod(OPTIONS) ? '*' : '/');
        } else if (head.bytes[head.pathFrom] == '?') {
            out.writeByte('/');
        }
        return head.pathFrom;
    }

    private static void ownFields(Head head, ByteBuf out, RequestEdits edits) {
        FieldChanges fields = edits.fields;
        boolean plain = fields.dropsNone();
        AsciiString id = edits.requestId;
        if (id != null && (plain || !fields.drops(REQUEST_ID_NAME))) {
            out.writeBytes(REQUEST_ID);
            out.writeBytes(id.array(), id.arrayOffset(), id.length());
            out.writeShort(CRLF);
        }
        if (!head.hasForwardedProto && (plain || !fields.drops(FORWARDED_PROTO_NAME))) {
            out.writeBytes(FORWARDED_PROTO);
        }
        out.writeBytes(ATTEMPT_COUNT);
        decimal(out, edits.attempt);
        out.writeShort(CRLF);
        if (edits.expectedMillis > 0) {
            out.writeBytes(EXPECTED_TIMEOUT);
            decimal(out, edits.expectedMillis);
            out.writeShort(CRLF);
        }
        fields.writeTo(out);
    }

    /**
     * Writes a response's head.
     *
     * @param length of the body, -1 to leave it out
     * @param chunked whether the body is chunked
     * @param close whether the connection ends with this response
     */
    static void response(Head head, ByteBuf out, long length, boolean chunked, boolean close, ResponseEdits edits) {
        out.writeBytes(VERSION);
        copy(head, out, edits);
        if (chunked) {
            out.writeBytes(CHUNKED);
        } else if (length >= 0) {
            contentLength(out, length);
        }
        if (close) {
            out.writeBytes(CLOSE);
        }
        ownFields(head, out, edits);
        out.writeShort(CRLF);
    }

    private static void ownFields(Head head, ByteBuf out, ResponseEdits edits) {
        AsciiString date = edits.date;
        if (date != null && !head.hasDate && !edits.fields.drops(DATE_NAME)) {
            date(out, date);
        }
        if (edits.serviceMillis >= 0) {
            out.writeBytes(SERVICE_TIME);
            decimal(out, edits.serviceMillis);
            out.writeShort(CRLF);
        }
        edits.fields.writeTo(out);
    }

    private static void date(ByteBuf out, AsciiString date) {
        out.writeBytes(DATE);
        out.writeBytes(date.array(), date.arrayOffset(), date.length());
        out.writeShort(CRLF);
    }

    /**
     * Writes the head of a response of the agent's own.
     *
     * @param close whether the connection ends with it
     */
    static void answer(Answer answer, AsciiString date, ByteBuf out, boolean close) {
        out.writeBytes(VERSION);
        out.writeByte(' ');
        decimal(out, answer.status());
        out.writeByte(' ');
        ByteBufUtil.writeAscii(out, HttpResponseStatus.valueOf(answer.status()).reasonPhrase());
        out.writeShort(CRLF);
        for (int i = 0; i < answer.size(); i++) {
            FieldChanges.write(out, answer.name(i), answer.value(i));
        }
        date(out, date);
        contentLength(out, answer.body().length);
        if (close) {
            out.writeBytes(CLOSE);
        }
        out.writeShort(CRLF);
    }

    /** Writes an interim response. */
    static void interim(Head head, ByteBuf out) {
        out.writeBytes(VERSION);
        copyAll(head, out);
        out.writeShort(CRLF);
    }

    /** Writes the response that begins a WebSocket. */
    static void switched(Head head, ByteBuf out, ResponseEdits edits) {
        out.writeBytes(VERSION);
        copy(head, out, edits);
        out.writeBytes(WEBSOCKET);
        ownFields(head, out, edits);
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

    /** Whether a field may stand in trailers. */
    static boolean isTrailer(Head trailers, int field) {
        return !(trailers.namesFields && isNamedByConnection(trailers, field))
                && isTrailer(trailers.name(field), trailers.bytes, trailers.nameFrom(field), trailers.nameTo(field));
    }

    /** Whether a field of that name may stand in trailers. */
    static boolean isTrailer(HeaderName known, byte[] name, int from, int to) {
        switch (known) {
            case CONNECTION,
                    CONTENT_LENGTH,
                    HOST,
                    KEEP_ALIVE,
                    PROXY_CONNECTION,
                    TE,
                    TRACEPARENT,
                    TRACESTATE,
                    TRANSFER_ENCODING,
                    UPGRADE -> {
                return false;
            }
            default -> {}
        }
        for (byte[] forbidden : NOT_IN_TRAILERS) {
            if (Ascii.matches(forbidden, name, from, to)) {
                return false;
            }
        }
        return true;
    }

    static void contentLength(ByteBuf out, long length) {
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

    private static void copy(Head head, ByteBuf out, int from, RequestEdits edits) {
        int keepFrom = from;
        for (int i = 0; i < head.fieldCount; i++) {
            if (drops(head, i, edits)) {
                out.writeBytes(head.bytes, keepFrom, head.nameFrom(i) - keepFrom);
                keepFrom = head.lineTo(i);
            }
        }
        out.writeBytes(head.bytes, keepFrom, head.fieldsTo - keepFrom);
    }

    /** Whether a field of a request does not go on. */
    static boolean drops(Head head, int field, RequestEdits edits) {
        boolean drops = switch (head.name(field)) {
            case TRACEPARENT -> edits.traceparent != null;
            case HOST -> edits.authority != null;
            case ENVOY_CONTROL, ENVOY_ATTEMPT_COUNT -> !edits.asItCame;
            default -> false;
        };
        return drops || isHopByHop(head, field) || (!edits.fields.dropsNone() && edits.fields.drops(head, field));
    }

    private static void copy(Head head, ByteBuf out, ResponseEdits edits) {
        boolean plain = edits.fields.dropsNone();
        int keepFrom = VERSION.length;
        for (int i = 0; i < head.fieldCount; i++) {
            boolean drops = head.name(i) == HeaderName.ENVOY_UPSTREAM_SERVICE_TIME && edits.serviceMillis >= 0;
            if (drops || isHopByHop(head, i) || (!plain && edits.fields.drops(head, i))) {
                out.writeBytes(head.bytes, keepFrom, head.nameFrom(i) - keepFrom);
                keepFrom = head.lineTo(i);
            }
        }
        out.writeBytes(head.bytes, keepFrom, head.fieldsTo - keepFrom);
    }

    private static void copyAll(Head head, ByteBuf out) {
        int keepFrom = VERSION.length;
        for (int i = 0; i < head.fieldCount; i++) {
            if (isHopByHop(head, i)) {
                out.writeBytes(head.bytes, keepFrom, head.nameFrom(i) - keepFrom);
                keepFrom = head.lineTo(i);
            }
        }
        out.writeBytes(head.bytes, keepFrom, head.fieldsTo - keepFrom);
    }

    /** Whether a field is for one connection only, or about the framing there. */
    static boolean isHopByHop(Head head, int field) {
        return switch (head.name(field)) {
            case CONNECTION, CONTENT_LENGTH, KEEP_ALIVE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, UPGRADE -> true;
            case HOST, TRACEPARENT, TRACESTATE -> false;
            default -> head.namesFields && isNamedByConnection(head, field);
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
