package io.signalbox.agent.proxy.http1;

import org.jspecify.annotations.Nullable;

/**
 * Reads a complete head, strictly: what RFC 9112 lets a recipient tolerate is refused where two recipients could read
 * it in two ways. Pure; makes no object.
 *
 * <p>Stricter than the RFC: equal duplicates of Content-Length, a Host that differs from an absolute target, and any
 * Transfer-Encoding but {@code chunked} are refused. More lenient: a target may have bytes above ASCII.
 */
final class HeadParser {
    /** Fields that a head may have. */
    static final int MAX_FIELDS = 200;

    private static final int MAX_CONNECTION_OPTIONS = 32;
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final byte[] VERSION_NAME = Ascii.bytes("HTTP/");
    private static final byte[] CHUNKED = Ascii.bytes("chunked");
    private static final byte[] CLOSE = Ascii.bytes("close");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("keep-alive");
    private static final byte[] UPGRADE = Ascii.bytes("upgrade");
    private static final byte[] TE = Ascii.bytes("te");
    private static final byte[] TRAILERS = Ascii.bytes("trailers");
    private static final byte[] CONNECT = Ascii.bytes("CONNECT");

    private HeadParser() {}

    /** Parses a request's head. Returns null when it is well-formed. */
    static @Nullable BadMessage request(Head head) {
        head.forgetFields();
        byte[] bytes = head.bytes;
        int end = head.length;
        int at = 0;
        while (at < end && Ascii.isToken(bytes[at])) {
            at++;
        }
        if (at == 0 || at == end || bytes[at] != ' ') {
            return BadMessage.METHOD;
        }
        head.methodTo = at++;
        head.targetFrom = at;
        while (at < end && Ascii.isTarget(bytes[at])) {
            at++;
        }
        if (at == head.targetFrom || at == end || bytes[at] != ' ') {
            return BadMessage.TARGET;
        }
        head.targetTo = at++;
        if (!isVersion(bytes, at, end)) {
            return BadMessage.VERSION_SYNTAX;
        }
        boolean http11 = bytes[at + 5] == '1' && bytes[at + 7] == '1';
        at += 8;
        if (!isLineEnd(bytes, at, end)) {
            return BadMessage.LINE_END;
        }
        if (!http11) {
            return BadMessage.VERSION;
        }
        if (head.isMethod(CONNECT)) {
            return BadMessage.CONNECT;
        }
        BadMessage bad = fields(head, at + 2);
        if (bad == null && head.chunked && head.contentLength >= 0) {
            bad = BadMessage.BOTH_LENGTHS;
        }
        return bad == null ? RequestTarget.check(head) : bad;
    }

    /** Parses a response's head. Returns null when it is well-formed. */
    static @Nullable BadMessage response(Head head) {
        head.forgetFields();
        byte[] bytes = head.bytes;
        int end = head.length;
        if (!isVersion(bytes, 0, end) || bytes[5] != '1' || end < 13 || bytes[8] != ' ') {
            return BadMessage.STATUS_LINE;
        }
        head.http10 = bytes[7] == '0';
        for (int i = 9; i < 12; i++) {
            if (!Ascii.isDigit(bytes[i])) {
                return BadMessage.STATUS_LINE;
            }
            head.status = head.status * 10 + bytes[i] - '0';
        }
        int at = 12;
        // Servers are seen to leave out the space before an empty reason phrase.
        if (head.status < 100 || (bytes[at] != ' ' && bytes[at] != '\r')) {
            return BadMessage.STATUS_LINE;
        }
        while (at < end && Ascii.isField(bytes[at])) {
            at++;
        }
        if (!isLineEnd(bytes, at, end)) {
            return BadMessage.LINE_END;
        }
        BadMessage bad = fields(head, at + 2);
        if (bad == null && head.chunked && (head.contentLength >= 0 || head.http10)) {
            bad = BadMessage.BOTH_LENGTHS;
        }
        return bad;
    }

    /** Parses trailers: fields and an empty line. Returns null when they are well-formed. */
    static @Nullable BadMessage trailers(Head head) {
        head.forgetFields();
        return fields(head, 0);
    }

    private static boolean isVersion(byte[] bytes, int at, int end) {
        if (end - at < 8) {
            return false;
        }
        for (int i = 0; i < VERSION_NAME.length; i++) {
            if (bytes[at + i] != VERSION_NAME[i]) {
                return false;
            }
        }
        return Ascii.isDigit(bytes[at + 5]) && bytes[at + 6] == '.' && Ascii.isDigit(bytes[at + 7]);
    }

    private static boolean isLineEnd(byte[] bytes, int at, int end) {
        return at + 1 < end && bytes[at] == '\r' && bytes[at + 1] == '\n';
    }

    private static @Nullable BadMessage fields(Head head, int from) {
        byte[] bytes = head.bytes;
        int end = head.length;
        int at = from;
        head.fieldsFrom = from;
        while (!isLineEnd(bytes, at, end)) {
            if (at == end) {
                return BadMessage.LINE_END;
            }
            int nameFrom = at;
            while (at < end && Ascii.isToken(bytes[at])) {
                at++;
            }
            if (at == nameFrom || at == end || bytes[at] != ':') {
                return notAName(bytes, nameFrom, at, end);
            }
            int nameTo = at++;
            while (at < end && isSpace(bytes[at])) {
                at++;
            }
            int valueFrom = at;
            while (at < end && Ascii.isField(bytes[at])) {
                at++;
            }
            if (!isLineEnd(bytes, at, end)) {
                return at < end && (bytes[at] == '\r' || bytes[at] == '\n')
                        ? BadMessage.LINE_END
                        : BadMessage.HEADER_VALUE;
            }
            int valueTo = at;
            while (valueTo > valueFrom && isSpace(bytes[valueTo - 1])) {
                valueTo--;
            }
            at += 2;
            if (head.fieldCount == MAX_FIELDS) {
                return BadMessage.TOO_MANY_HEADERS;
            }
            HeaderName name = HeaderName.of(bytes, nameFrom, nameTo);
            head.addField(name, nameFrom, nameTo, valueFrom, valueTo);
            BadMessage bad = field(head, name, valueFrom, valueTo);
            if (bad != null) {
                return bad;
            }
        }
        head.fieldsTo = at;
        return at + 2 == end ? null : BadMessage.LINE_END;
    }

    private static BadMessage notAName(byte[] bytes, int lineFrom, int at, int end) {
        if (at == lineFrom && at < end && isSpace(bytes[at])) {
            return BadMessage.FOLDED_LINE;
        }
        return at < end && (bytes[at] == '\r' || bytes[at] == '\n') ? BadMessage.LINE_END : BadMessage.HEADER_NAME;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }

    private static @Nullable BadMessage field(Head head, HeaderName name, int from, int to) {
        switch (name) {
            case HOST -> {
                if (head.hostFrom != 0) {
                    return BadMessage.HOST_COUNT;
                }
                head.hostFrom = from;
                head.hostTo = to;
            }
            case CONTENT_LENGTH -> {
                return contentLength(head, from, to);
            }
            case TRANSFER_ENCODING -> {
                if (head.chunked || !Ascii.matches(CHUNKED, head.bytes, from, to)) {
                    return BadMessage.TRANSFER_ENCODING;
                }
                head.chunked = true;
            }
            case CONNECTION -> {
                return connection(head, from, to);
            }
            case TE -> head.trailersWelcome |= hasOption(head.bytes, from, to, TRAILERS);
            case UPGRADE -> head.upgradeField = head.upgradeField < 0 ? head.fieldCount - 1 : head.upgradeField;
            case TRACEPARENT -> head.traceparentField = head.traceparentField == -1 ? head.fieldCount - 1 : -2;
            case TRACESTATE ->
                head.tracestateField = head.tracestateField < 0 ? head.fieldCount - 1 : head.tracestateField;
            case CONTENT_TYPE ->
                head.contentTypeField = head.contentTypeField < 0 ? head.fieldCount - 1 : head.contentTypeField;
            case X_REQUEST_ID -> head.hasRequestId = true;
            case X_FORWARDED_PROTO -> head.hasForwardedProto = true;
            case DATE -> head.hasDate = true;
            case ENVOY_RATELIMITED -> head.rateLimited = true;
            case ENVOY_ATTEMPT_COUNT, ENVOY_CONTROL, ENVOY_UPSTREAM_SERVICE_TIME -> {}
            case KEEP_ALIVE, PROXY_CONNECTION, OTHER -> {}
        }
        return null;
    }

    private static @Nullable BadMessage contentLength(Head head, int from, int to) {
        if (head.contentLength >= 0 || from == to || to - from > MAX_LENGTH_DIGITS) {
            return BadMessage.CONTENT_LENGTH;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (!Ascii.isDigit(head.bytes[i])) {
                return BadMessage.CONTENT_LENGTH;
            }
            value = value * 10 + (head.bytes[i] - '0');
        }
        head.contentLength = value;
        return null;
    }

    private static @Nullable BadMessage connection(Head head, int from, int to) {
        byte[] bytes = head.bytes;
        int options = 0;
        int at = from;
        while (at < to) {
            int optionFrom = at;
            while (at < to && Ascii.isToken(bytes[at])) {
                at++;
            }
            int optionTo = at;
            while (at < to && isSpace(bytes[at])) {
                at++;
            }
            if ((at < to && bytes[at] != ',') || ++options > MAX_CONNECTION_OPTIONS) {
                return BadMessage.CONNECTION_OPTIONS;
            }
            if (Ascii.matches(CLOSE, bytes, optionFrom, optionTo)) {
                head.close = true;
            } else if (Ascii.matches(UPGRADE, bytes, optionFrom, optionTo)) {
                head.upgradeOption = true;
            } else if (optionTo > optionFrom
                    && !Ascii.matches(KEEP_ALIVE, bytes, optionFrom, optionTo)
                    && !Ascii.matches(TE, bytes, optionFrom, optionTo)) {
                head.namesFields = true;
            }
            at++;
            while (at < to && isSpace(bytes[at])) {
                at++;
            }
        }
        return null;
    }

    /** Whether a comma-separated list has a member; parameters of members are not looked at. */
    private static boolean hasOption(byte[] bytes, int from, int to, byte[] lowerCase) {
        int at = from;
        while (at < to) {
            int optionFrom = at;
            while (at < to && Ascii.isToken(bytes[at])) {
                at++;
            }
            if (Ascii.matches(lowerCase, bytes, optionFrom, at)) {
                return true;
            }
            while (at < to && bytes[at] != ',') {
                at++;
            }
            at++;
            while (at < to && isSpace(bytes[at])) {
                at++;
            }
        }
        return false;
    }
}
