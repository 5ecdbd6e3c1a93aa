package io.signalbox.loadtest.backend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** A TCP server; what it says and when depends on its {@link Mode}. */
public final class TcpBackend implements Backend {
    /** What a server in mode {@link Mode#SOURCE} sends. */
    public static final int SOURCE_BYTES = 20_000_000;

    private final String name;
    private final Mode mode;
    private final ServerSocket server;
    private final LongAdder connections = new LongAdder();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Payloads.Received> received = new ConcurrentLinkedQueue<>();

    private TcpBackend(String name, Mode mode, ServerSocket server) {
        this.name = name;
        this.mode = mode;
        this.server = server;
    }

    /** What the server says and when. */
    public enum Mode {
        /** Sends back what it gets, until the client ends its side. */
        ECHO,
        /** Speaks first: its name and a newline; then as {@link #ECHO}. */
        BANNER,
        /** Reads until the client ends its side, then sends number of bytes, SHA-256, its name and a newline. */
        SUMMARY,
        /** Sends its name and a newline, ends its own side at once, then reads on until the client ends. */
        FAREWELL,
        /**
         * Sends {@link TcpBackend#SOURCE_BYTES} of test content, ends its own side, then reads on until the client
         * ends.
         */
        SOURCE
    }

    /** A starter of servers with that mode. */
    public static Backend.Starter<TcpBackend> starter(Mode mode) {
        return (name, address) -> start(name, mode, address);
    }

    private static TcpBackend start(String name, Mode mode, InetSocketAddress address) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(address);
        TcpBackend backend = new TcpBackend(name, mode, server);
        Thread.ofPlatform().daemon().name("tcp-" + name).start(backend::accept);
        return backend;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /** Connections that arrived. */
    public long connections() {
        return connections.sum();
    }

    /** Of the connections that were read to their end in mode {@link Mode#FAREWELL}: what came, oldest first. */
    public Iterable<Payloads.Received> received() {
        return received;
    }

    @Override
    public void close() {
        closeQuietly(server);
        open.forEach(TcpBackend::closeQuietly);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.increment();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // Closed: the loop's condition ends it.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            switch (mode) {
                case ECHO -> in.transferTo(out);
                case BANNER -> {
                    say(out, name);
                    in.transferTo(out);
                }
                case SUMMARY -> say(out, Payloads.drain(in) + " " + name);
                case FAREWELL -> {
                    say(out, name);
                    socket.shutdownOutput();
                    received.add(Payloads.drain(in));
                }
                case SOURCE -> {
                    Payloads.stream(SOURCE_BYTES).transferTo(out);
                    socket.shutdownOutput();
                    var _ = Payloads.drain(in);
                }
            }
        } catch (IOException e) {
            // The peer went away; the test sees that from its own side.
        } finally {
            open.remove(socket);
        }
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // Nothing is left to be done with it.
        }
    }
}
