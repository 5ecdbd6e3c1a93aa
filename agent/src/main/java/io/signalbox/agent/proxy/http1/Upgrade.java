package io.signalbox.agent.proxy.http1;

/** What a request asks the connection to become (RFC 9110 section 7.8). */
enum Upgrade {
    /** Nothing, or something that a server may ignore: cleartext HTTP/2. */
    NONE,
    WEBSOCKET,
    /** Something that is neither relayed nor to be ignored. */
    OTHER;

    private static final byte[] H2C_NAME = Ascii.bytes("h2c");
    private static final byte[] WEBSOCKET_NAME = Ascii.bytes("websocket");
    private static final byte[] GET = Ascii.bytes("GET");

    static Upgrade of(Head request) {
        if (!request.upgradeOption || request.upgradeField < 0) {
            return NONE;
        }
        if (names(WEBSOCKET_NAME, request)) {
            boolean bodiless = !request.chunked && request.contentLength <= 0;
            return bodiless && request.isMethod(GET) ? WEBSOCKET : NONE;
        }
        return names(H2C_NAME, request) ? NONE : OTHER;
    }

    /** Whether a response with status 101 says that the connection is a WebSocket now. */
    static boolean isToWebSocket(Head response) {
        return response.upgradeOption && response.upgradeField >= 0 && names(WEBSOCKET_NAME, response);
    }

    private static boolean names(byte[] protocol, Head head) {
        int field = head.upgradeField;
        return Ascii.matches(protocol, head.bytes, head.valueFrom(field), head.valueTo(field));
    }
}
