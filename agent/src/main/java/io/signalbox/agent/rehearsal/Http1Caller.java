package io.signalbox.agent.rehearsal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connections that speak HTTP/1.1, with one request at a time on each. */
final class Http1Caller implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 1000;
    private static final byte[] REQUEST = ("GET " + RehearsalSnapshot.PATH + "?n=1 HTTP/1.1\r\nHost: "
                    + RehearsalSnapshot.HOST + "\r\nUser-Agent: rehearsal\r\nAccept: */*\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private final List<Socket> sockets = new ArrayList<>();
    private final byte[] buffer = new byte[4096];

    Http1Caller(InetSocketAddress service, int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.connect(service, TIMEOUT_MILLIS);
        }
    }

    /** Sends a request on every connection, then reads the answers; returns how many. */
    int round() throws IOException {
        for (Socket socket : sockets) {
            socket.getOutputStream().write(REQUEST);
        }
        for (Socket socket : sockets) {
            readAnswer(socket.getInputStream());
        }
        return sockets.size();
    }

    /** Its head says the length of the body, which is known. */
    private void readAnswer(InputStream in) throws IOException {
        int length = 0;
        int bodyStart = -1;
        while (bodyStart < 0 || length < bodyStart + RehearsalSnapshot.BODY_BYTES) {
            int count = in.read(buffer, length, buffer.length - length);
            if (count <= 0) {
                throw new EOFException("an answer of HTTP/1.1 is cut off");
            }
            length += count;
            bodyStart = bodyStart < 0 ? headEnd(length) : bodyStart;
        }
    }

    private int headEnd(int length) {
        for (int i = 3; i < length; i++) {
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
