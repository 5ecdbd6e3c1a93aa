package io.signalbox.agent.proxy.http1.testkit;

import io.signalbox.agent.model.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server whose behaviour a test writes down, connection by connection, one thread each. */
public final class RawBackend implements AutoCloseable {
    /** What the server does with a connection. When it returns, the connection is closed. */
    @FunctionalInterface
    public interface Script {
        void run(RawConnection connection, int number) throws Exception;
    }

    /** Ports that no test listens on; kept until the JVM ends. */
    private static final List<Socket> RESERVED = new CopyOnWriteArrayList<>();

    private final ServerSocket listener;
    private final Script script;
    private final List<RawMessage> requests = new CopyOnWriteArrayList<>();
    private final List<RawConnection> connections = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();

    private RawBackend(Script script) {
        this.script = script;
        try {
            listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Runs the script on each connection; {@code number} counts from 1. */
    public static RawBackend running(Script script) {
        return new RawBackend(script);
    }

    /** Answers every request with 200 and that body. */
    public static RawBackend answering(String body) {
        RawBackend[] self = new RawBackend[1];
        RawBackend backend = new RawBackend((connection, number) -> {
            while (true) {
                RawMessage request = connection.readMessage();
                while (self[0] == null) {
                    Thread.onSpinWait();
                }
                self[0].requests.add(request);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }
        });
        self[0] = backend;
        return backend;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                int number = accepted.incrementAndGet();
                RawConnection connection = new RawConnection(socket);
                connections.add(connection);
                Thread.ofVirtual().start(() -> run(connection, number));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void run(RawConnection connection, int number) {
        try (connection) {
            script.run(connection, number);
        } catch (Exception e) {
            // the other side has closed
        }
    }

    /** Where it listens. */
    public Endpoint endpoint() {
        return new Endpoint(listener.getInetAddress(), listener.getLocalPort());
    }

    /** Requests that {@link #answering} got. */
    public List<RawMessage> requests() {
        return requests;
    }

    /** Connections accepted so far. */
    public int accepted() {
        return accepted.get();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.forEach(RawConnection::close);
    }

    /** An endpoint where nobody listens, ever: its port is bound, so that nobody else can be given it. */
    public static Endpoint refusing() {
        try {
            Socket reserved = new Socket();
            reserved.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            RESERVED.add(reserved);
            return new Endpoint(reserved.getLocalAddress(), reserved.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
