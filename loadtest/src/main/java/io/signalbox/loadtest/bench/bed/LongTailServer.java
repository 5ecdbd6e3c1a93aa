package io.signalbox.loadtest.bench.bed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;

/**
 * An HTTP/1.1 server whose answers take a time drawn from a lognormal distribution: half of them no more than the
 * median, one in a hundred more than ten times that. It works on {@link #WORKERS} requests at a time; others wait, as
 * they do at a server whose pool of threads is busy. The seed makes the sequence of times the same in every run.
 */
final class LongTailServer implements AutoCloseable {
    static final int WORKERS = 16;

    private static final double SIGMA = 1.0;
    private static final int BACKLOG = 1024;

    private final ServerSocket listener;
    private final double medianMillis;
    private final SplittableRandom random;
    private final Semaphore workers = new Semaphore(WORKERS, true);

    private LongTailServer(ServerSocket listener, double medianMillis, long seed) {
        this.listener = listener;
        this.medianMillis = medianMillis;
        this.random = new SplittableRandom(seed);
    }

    /** Binds and listens. */
    static LongTailServer start(String address, int port, double medianMillis, long seed) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), BACKLOG);
        LongTailServer server = new LongTailServer(listener, medianMillis, seed);
        Thread.ofVirtual().name("long-tail-" + address).start(server::accept);
        return server;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // It listens no longer either way.
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // Closed.
                return;
            }
        }
    }

    private void serve(Socket socket) {
        String who = listener.getInetAddress().getHostAddress() + "\n";
        try (socket;
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                boolean asksWho = line.startsWith("GET /who ");
                while (line != null && !line.isEmpty()) {
                    line = in.readLine();
                }
                work();
                String body = asksWho ? who : "x".repeat(100);
                String response = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: " + body.length()
                        + "\r\n\r\n" + body;
                out.write(response.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            // The proxy went away, or broke the connection off: its doing, and it will say so.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() throws InterruptedException {
        workers.acquire();
        try {
            long nanos = nextNanos();
            Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
        } finally {
            workers.release();
        }
    }

    private synchronized long nextNanos() {
        return (long) (medianMillis * Math.exp(SIGMA * random.nextGaussian()) * 1_000_000);
    }
}
