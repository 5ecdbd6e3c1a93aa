package io.signalbox.agent.proxy.http1;

import io.signalbox.agent.proxy.EnvoyControls;

/** The headers that mean something here. */
enum HeaderName {
    CONNECTION("connection"),
    CONTENT_LENGTH("content-length"),
    CONTENT_TYPE("content-type"),
    DATE("date"),
    /** Counts the attempts of a proxy: ours alone are passed on. */
    ENVOY_ATTEMPT_COUNT("x-envoy-attempt-count"),
    /** One of those that control a proxy: not obeyed, and not passed on. */
    ENVOY_CONTROL(""),
    ENVOY_RATELIMITED("x-envoy-ratelimited"),
    ENVOY_UPSTREAM_SERVICE_TIME("x-envoy-upstream-service-time"),
    HOST("host"),
    KEEP_ALIVE("keep-alive"),
    PROXY_CONNECTION("proxy-connection"),
    TE("te"),
    TRACEPARENT("traceparent"),
    TRACESTATE("tracestate"),
    TRANSFER_ENCODING("transfer-encoding"),
    UPGRADE("upgrade"),
    X_FORWARDED_PROTO("x-forwarded-proto"),
    X_REQUEST_ID("x-request-id"),
    /** Any other. */
    OTHER("");

    private static final byte[] ENVOY = Ascii.bytes("x-envoy-");
    private static final byte[][] CONTROLS =
            EnvoyControls.NAMES.stream().map(Ascii::bytes).toArray(byte[][]::new);

    @SuppressWarnings("ImmutableEnumChecker") // never written after the constructor
    private final byte[] lowerCase;

    HeaderName(String lowerCase) {
        this.lowerCase = Ascii.bytes(lowerCase);
    }

    static HeaderName of(byte[] bytes, int from, int to) {
        return switch (to - from) {
            case 2 -> TE.orOther(bytes, from, to);
            case 4 -> Ascii.lower(bytes[from]) == 'd' ? DATE.orOther(bytes, from, to) : HOST.orOther(bytes, from, to);
            case 7 -> UPGRADE.orOther(bytes, from, to);
            case 10 ->
                switch (Ascii.lower(bytes[from])) {
                    case 'c' -> CONNECTION.orOther(bytes, from, to);
                    case 'k' -> KEEP_ALIVE.orOther(bytes, from, to);
                    case 't' -> TRACESTATE.orOther(bytes, from, to);
                    default -> OTHER;
                };
            case 11 -> TRACEPARENT.orOther(bytes, from, to);
            case 12 ->
                Ascii.lower(bytes[from]) == 'x'
                        ? X_REQUEST_ID.orOther(bytes, from, to)
                        : CONTENT_TYPE.orOther(bytes, from, to);
            case 14 -> CONTENT_LENGTH.orOther(bytes, from, to);
            case 16 ->
                Ascii.lower(bytes[from]) == 'x' ? envoys(bytes, from, to) : PROXY_CONNECTION.orOther(bytes, from, to);
            case 17 ->
                Ascii.lower(bytes[from]) == 'x'
                        ? X_FORWARDED_PROTO.orOther(bytes, from, to)
                        : TRANSFER_ENCODING.orOther(bytes, from, to);
            case 19, 21, 29, 30, 38 -> envoys(bytes, from, to);
            default -> OTHER;
        };
    }

    private static HeaderName envoys(byte[] bytes, int from, int to) {
        if (!Ascii.startsWith(ENVOY, bytes, from, to)) {
            return OTHER;
        }
        for (byte[] control : CONTROLS) {
            if (Ascii.matches(control, bytes, from, to)) {
                return ENVOY_CONTROL;
            }
        }
        return switch (to - from) {
            case 19 -> ENVOY_RATELIMITED.orOther(bytes, from, to);
            case 21 -> ENVOY_ATTEMPT_COUNT.orOther(bytes, from, to);
            case 29 -> ENVOY_UPSTREAM_SERVICE_TIME.orOther(bytes, from, to);
            default -> OTHER;
        };
    }

    private HeaderName orOther(byte[] bytes, int from, int to) {
        return Ascii.matches(lowerCase, bytes, from, to) ? this : OTHER;
    }
}
