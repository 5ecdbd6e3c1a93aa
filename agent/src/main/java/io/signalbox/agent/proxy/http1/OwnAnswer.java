package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;

/** The responses that the agent makes itself. */
enum OwnAnswer {
    BAD_REQUEST("400 Bad Request"),
    FORBIDDEN("403 Forbidden"),
    NOT_FOUND("404 Not Found"),
    HEAD_TOO_LARGE("431 Request Header Fields Too Large"),
    NOT_IMPLEMENTED("501 Not Implemented"),
    BAD_GATEWAY("502 Bad Gateway"),
    UNAVAILABLE("503 Service Unavailable"),
    VERSION_NOT_SUPPORTED("505 HTTP Version Not Supported");

    private final int status;

    @SuppressWarnings("ImmutableEnumChecker") // never written after the constructor
    private final byte[] statusLine;

    OwnAnswer(String statusAndReason) {
        this.status = Integer.parseInt(statusAndReason.substring(0, 3));
        this.statusLine = Ascii.bytes("HTTP/1.1 " + statusAndReason + "\r\n");
    }

    static OwnAnswer to(BadMessage bad) {
        return switch (bad.status()) {
            case 431 -> HEAD_TOO_LARGE;
            case 501 -> NOT_IMPLEMENTED;
            case 505 -> VERSION_NOT_SUPPORTED;
            default -> BAD_REQUEST;
        };
    }

    int status() {
        return status;
    }

    /**
     * Writes it.
     *
     * @param text the body; empty for none
     * @param close whether the connection ends with it
     * @param toHead whether the request was HEAD, which gets no body
     */
    void write(ByteBuf out, String text, boolean close, boolean toHead) {
        out.writeBytes(statusLine);
        if (!text.isEmpty()) {
            out.writeBytes(Ascii.bytes("content-type: text/plain\r\n"));
        }
        out.writeBytes(Ascii.bytes("content-length: " + text.length() + "\r\n"));
        out.writeBytes(Ascii.bytes(close ? "connection: close\r\n\r\n" : "\r\n"));
        if (!toHead) {
            out.writeBytes(Ascii.bytes(text));
        }
    }
}
