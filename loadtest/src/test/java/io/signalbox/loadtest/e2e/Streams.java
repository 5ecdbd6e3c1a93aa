package io.signalbox.loadtest.e2e;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;

/** What can be said of a connection from its client's side. */
final class Streams {
    private Streams() {}

    /** Waits for the peer to do something; whether that is the end of the connection, in order or by reset. */
    static boolean isEnded(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }
}
