package io.signalbox.agent.proxy.http1;

import io.netty.util.AsciiString;
import io.signalbox.agent.proxy.HeaderBlock;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads heads of HTTP/1.1 as fields of HTTP/2, without those that are for one connection only (RFC 9113 8.2.2). */
final class BlockReader {
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString OK = AsciiString.cached("200");
    private static final AsciiString TE = AsciiString.cached("te");
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString HTTP = AsciiString.cached("http");
    private static final AsciiString ATTEMPT_COUNT = AsciiString.cached("x-envoy-attempt-count");
    private static final AsciiString EXPECTED_TIMEOUT = AsciiString.cached("x-envoy-expected-rq-timeout-ms");

    private BlockReader() {}

    /** Reads a request's head, with what is changed of it. */
    static void request(Head head, RequestView view, RequestEdits edits, HeaderBlock to) {
        to.clear();
        String authority = edits.authority;
        to.addReceived(HeaderBlock.METHOD, edits.websocket ? HeaderBlock.CONNECT : text(head.bytes, 0, head.methodTo));
        if (edits.websocket) {
            to.addReceived(HeaderBlock.PROTOCOL, HeaderBlock.WEBSOCKET);
        }
        to.addReceived(HeaderBlock.SCHEME, AsciiString.of(view.scheme()));
        to.addReceived(
                HeaderBlock.AUTHORITY,
                authority == null ? text(head.bytes, head.hostFrom, head.hostTo) : AsciiString.of(authority));
        byte[] path = edits.path;
        to.addReceived(
                HeaderBlock.PATH,
                path == null
                        ? new AsciiString(view.pathAndQuery().getBytes(StandardCharsets.ISO_8859_1), false)
                        : new AsciiString(path, false));
        for (int i = 0; i < head.fieldCount; i++) {
            if (head.name(i) != HeaderName.HOST && !HeadWriter.drops(head, i, edits)) {
                add(head, i, to);
            }
        }
        if (edits.websocket) {
            WebSocketKey.remove(to);
        } else if (head.contentLength >= 0) {
            to.add(CONTENT_LENGTH, number(head.contentLength));
        }
        if (head.trailersWelcome) {
            to.add(TE, TRAILERS);
        }
        if (edits.traceparent != null) {
            to.add(HeaderBlock.TRACEPARENT, AsciiString.of(edits.traceparent));
        }
        if (!edits.asItCame) {
            ownFields(head, edits, to);
        }
    }

    private static void ownFields(Head head, RequestEdits edits, HeaderBlock to) {
        AsciiString id = edits.requestId;
        if (id != null && !edits.fields.drops(HeadWriter.REQUEST_ID_NAME)) {
            to.add(HeaderBlock.REQUEST_ID, id);
        }
        if (!head.hasForwardedProto && !edits.fields.drops(HeadWriter.FORWARDED_PROTO_NAME)) {
            to.add(FORWARDED_PROTO, HTTP);
        }
        to.add(ATTEMPT_COUNT, number(edits.attempt));
        if (edits.expectedMillis > 0) {
            to.add(EXPECTED_TIMEOUT, number(edits.expectedMillis));
        }
        edits.fields.addTo(to);
    }

    /** Reads a response's head. */
    static void response(Head head, HeaderBlock to) {
        response(head, number(head.status), to);
    }

    private static void response(Head head, AsciiString status, HeaderBlock to) {
        to.clear();
        to.addReceived(HeaderBlock.STATUS, status);
        for (int i = 0; i < head.fieldCount; i++) {
            if (head.name(i) != HeaderName.HOST && !HeadWriter.isHopByHop(head, i)) {
                add(head, i, to);
            }
        }
        if (head.contentLength >= 0 && head.status >= 200 && head.status != 204) {
            to.add(CONTENT_LENGTH, number(head.contentLength));
        }
    }

    /** Reads the head of a response that begins a WebSocket. */
    static void switched(Head head, HeaderBlock to) {
        response(head, OK, to);
        WebSocketKey.remove(to);
    }

    /** Reads trailers; null when there are none. */
    static @Nullable HeaderBlock trailers(@Nullable Head trailers) {
        if (trailers == null) {
            return null;
        }
        HeaderBlock block = new HeaderBlock();
        for (int i = 0; i < trailers.fieldCount; i++) {
            if (HeadWriter.isTrailer(trailers, i)) {
                add(trailers, i, block);
            }
        }
        return block.size() == 0 ? null : block;
    }

    private static void add(Head head, int field, HeaderBlock to) {
        int from = head.nameFrom(field);
        byte[] name = new byte[head.nameTo(field) - from];
        for (int i = 0; i < name.length; i++) {
            name[i] = Ascii.lower(head.bytes[from + i]);
        }
        to.add(new AsciiString(name, false), text(head.bytes, head.valueFrom(field), head.valueTo(field)));
    }

    private static AsciiString text(byte[] bytes, int from, int to) {
        return new AsciiString(bytes, from, to - from, true);
    }

    private static AsciiString number(long value) {
        return AsciiString.of(Long.toString(value));
    }
}
