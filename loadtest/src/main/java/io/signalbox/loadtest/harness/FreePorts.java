package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds TCP ports that nobody listens on, on any address. They are taken from below the range that the kernel gives to
 * outgoing connections, so that they are still free when a program binds them a moment later.
 */
public final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int LAST = 31_999;

    private static int next = ThreadLocalRandom.current().nextInt(FIRST, LAST);

    private FreePorts() {}

    /** A free port; never the same twice. */
    public static synchronized int next() {
        for (int tries = 0; tries <= LAST - FIRST; tries++) {
            int port = next;
            next = next == LAST ? FIRST : next + 1;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("ports: none free between " + FIRST + " and " + LAST);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
