package io.signalbox.agent.proxy.http1;

/** The headers that mean something here. */
enum HeaderName {
    CONNECTION("connection"),
    CONTENT_LENGTH("content-length"),
    HOST("host"),
    KEEP_ALIVE("keep-alive"),
    PROXY_CONNECTION("proxy-connection"),
    TE("te"),
    TRACEPARENT("traceparent"),
    TRACESTATE("tracestate"),
    TRANSFER_ENCODING("transfer-encoding"),
    UPGRADE("upgrade"),
    /** Any other. */
    OTHER("");

    @SuppressWarnings("ImmutableEnumChecker") // never written after the constructor
    private final byte[] lowerCase;

    HeaderName(String lowerCase) {
        this.lowerCase = Ascii.bytes(lowerCase);
    }

    static HeaderName of(byte[] bytes, int from, int to) {
        return switch (to - from) {
            case 2 -> TE.orOther(bytes, from, to);
            case 4 -> HOST.orOther(bytes, from, to);
            case 7 -> UPGRADE.orOther(bytes, from, to);
            case 10 ->
                switch (Ascii.lower(bytes[from])) {
                    case 'c' -> CONNECTION.orOther(bytes, from, to);
                    case 'k' -> KEEP_ALIVE.orOther(bytes, from, to);
                    case 't' -> TRACESTATE.orOther(bytes, from, to);
                    default -> OTHER;
                };
            case 11 -> TRACEPARENT.orOther(bytes, from, to);
            case 14 -> CONTENT_LENGTH.orOther(bytes, from, to);
            case 16 -> PROXY_CONNECTION.orOther(bytes, from, to);
            case 17 -> TRANSFER_ENCODING.orOther(bytes, from, to);
            default -> OTHER;
        };
    }

    private HeaderName orOther(byte[] bytes, int from, int to) {
        return Ascii.matches(lowerCase, bytes, from, to) ? this : OTHER;
    }
}
