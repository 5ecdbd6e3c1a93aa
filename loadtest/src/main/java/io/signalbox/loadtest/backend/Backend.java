package io.signalbox.loadtest.backend;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A running test server. It listens from its creation until it is closed. */
public interface Backend extends AutoCloseable {
    /** What its answers call it, such as {@code catalog-1}. */
    String name();

    /** Where it listens. */
    InetSocketAddress address();

    /** Stops listening and closes every connection at once. */
    @Override
    void close();

    /**
     * Starts a backend.
     *
     * @param <B> the kind of backend
     */
    @FunctionalInterface
    interface Starter<B extends Backend> {
        /** Binds {@code address} (port 0 picks a free one) and listens. */
        B start(String name, InetSocketAddress address) throws IOException;
    }
}
