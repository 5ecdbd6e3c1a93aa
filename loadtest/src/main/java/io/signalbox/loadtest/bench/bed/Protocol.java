package io.signalbox.loadtest.bench.bed;

/** What the client speaks. */
public enum Protocol {
    /** GET in HTTP/1.1. */
    HTTP1,
    /** GET in HTTP/2 with prior knowledge. */
    HTTP2,
    /** POST in HTTP/2, answered with a trailer, as gRPC's unary calls are. */
    GRPC,
    /** gRPC calls with many messages both ways. */
    GRPC_STREAMS,
    /** Bytes (HTTP/1.1, which only the client and the backend know). */
    TCP;

    /** Whether the contender speaks HTTP/2 to both sides. */
    public boolean isHttp2() {
        return switch (this) {
            case HTTP2, GRPC, GRPC_STREAMS -> true;
            case HTTP1, TCP -> false;
        };
    }
}
