package io.signalbox.agent.proxy.http1;

import io.signalbox.agent.policy.LocalReply;

/** What is wrong with a message, with the status and the line of text that a request of that kind is answered with. */
enum BadMessage {
    METHOD(400, "method is not a token followed by one space"),
    TARGET(400, "request target has a form or a character that is not allowed"),
    VERSION_SYNTAX(400, "request line does not end with one space and an HTTP version"),
    VERSION(505, "only HTTP/1.1 is spoken here"),
    STATUS_LINE(400, "status line is malformed"),
    LINE_END(400, "a line ends with something other than CR LF"),
    FOLDED_LINE(400, "a header is folded or begins with white space"),
    HEADER_NAME(400, "a header name is not a token followed by a colon"),
    HEADER_VALUE(400, "a header value has a control character"),
    TOO_MANY_HEADERS(431, "too many headers"),
    HEAD_TOO_LARGE(431, "head is too large"),
    HOST_COUNT(400, "exactly one Host is needed"),
    HOST_VALUE(400, "Host is not a host with an optional port"),
    HOST_MISMATCH(400, "Host differs from the authority of the request target"),
    CONTENT_LENGTH(400, "Content-Length is not one number"),
    TRANSFER_ENCODING(400, "Transfer-Encoding is not chunked"),
    BOTH_LENGTHS(400, "Content-Length and Transfer-Encoding exclude each other"),
    CONNECTION_OPTIONS(400, "Connection is not a list of up to 32 tokens"),
    WEBSOCKET_KEY(400, "exactly one Sec-WebSocket-Key is needed"),
    CONNECT(501, "CONNECT is not supported"),
    CHUNK_SIZE(400, "a chunk size is not a hexadecimal number of up to 15 digits"),
    CHUNK_EXTENSION(400, "a chunk extension is too long or has a control character"),
    CHUNK_END(400, "a chunk does not end with CR LF"),
    TRAILERS_TOO_LARGE(400, "trailers are too large");

    private final int status;
    private final String text;

    BadMessage(int status, String text) {
        this.status = status;
        this.text = text;
    }

    /** The answer to a request of that kind. */
    LocalReply reply() {
        return LocalReply.of(status, "DPE", text);
    }
}
