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
        int field = request.upgradeField;
        if (!request.upgradeOption || field < 0) {
            return NONE;
        }
        int from = request.valueFrom(field);
        int to = request.valueTo(field);
        if (Ascii.matches(WEBSOCKET_NAME, request.bytes, from, to)) {
            boolean bodiless = !request.chunked && request.contentLength <= 0;
            return bodiless && request.isMethod(GET) ? WEBSOCKET : NONE;
        }
        return Ascii.matches(H2C_NAME, request.bytes, from, to) ? NONE : OTHER;
    }
}
