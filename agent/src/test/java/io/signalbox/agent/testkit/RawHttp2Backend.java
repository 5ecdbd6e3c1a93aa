package io.signalbox.agent.testkit;

import io.signalbox.agent.model.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP/2 server that sends whatever frames a test wants, one thread for each connection. */
public final class RawHttp2Backend implements AutoCloseable {
    /** What the server does with a connection. When it returns, the connection is closed. */
    @FunctionalInterface
    public interface Script {
        void run(RawHttp2Client connection, int number) throws Exception;
    }

    private final ServerSocket listener;
    private final Script script;
    private final int[] settings;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private RawHttp2Backend(Script script, int... settings) {
        this.script = script;
        this.settings = settings;
        try {
            listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /**
     * Runs the script on each connection; {@code number} counts from 1.
     *
     * @param settings id, value, id, value, ...
     */
    public static RawHttp2Backend running(Script script, int... settings) {
        return new RawHttp2Backend(script, settings);
    }

    private void accept() {
        try {
            for (int number = 1; ; number++) {
                Socket socket = listener.accept();
                int count = number;
                sockets.add(socket);
                Thread.ofVirtual().start(() -> run(socket, count));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void run(Socket socket, int number) {
        try (RawHttp2Client connection = RawHttp2Client.serving(socket, settings)) {
            script.run(connection, number);
        } catch (Exception e) {
            // the other side has closed
        }
    }

    /** Where it listens. */
    public Endpoint endpoint() {
        return new Endpoint(listener.getInetAddress(), listener.getLocalPort());
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
