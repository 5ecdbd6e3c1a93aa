package io.signalbox.loadtest.backend;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Sends {@code x-echo-*} request metadata back in headers and trailers, and says what arrived where. */
final class MetadataEcho implements ServerInterceptor {
    private static final String ECHO_PREFIX = "x-echo-";
    private static final Metadata.Key<String> ENDPOINT = asciiKey("x-endpoint");
    private static final Metadata.Key<String> TRACEPARENT = asciiKey("traceparent");
    private static final Metadata.Key<String> SEEN_TRACEPARENT = asciiKey("x-seen-traceparent");

    private final String endpoint;

    MetadataEcho(String endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata requestHeaders, ServerCallHandler<Q, A> next) {
        Metadata echoed = new Metadata();
        for (String name : requestHeaders.keys()) {
            if (name.startsWith(ECHO_PREFIX)) {
                if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                    copy(requestHeaders, echoed, Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
                } else {
                    copy(requestHeaders, echoed, asciiKey(name));
                }
            }
        }
        ServerCall<Q, A> answering = new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata headers) {
                headers.merge(echoed);
                headers.put(ENDPOINT, endpoint);
                String traceparent = requestHeaders.get(TRACEPARENT);
                if (traceparent != null) {
                    headers.put(SEEN_TRACEPARENT, traceparent);
                }
                super.sendHeaders(headers);
            }

            @Override
            public void close(Status status, Metadata trailers) {
                trailers.merge(echoed);
                super.close(status, trailers);
            }
        };
        return next.startCall(answering, requestHeaders);
    }

    private static <T> void copy(Metadata from, Metadata to, Metadata.Key<T> key) {
        Iterable<T> values = from.getAll(key);
        if (values != null) {
            values.forEach(value -> to.put(key, value));
        }
    }

    private static Metadata.Key<String> asciiKey(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
