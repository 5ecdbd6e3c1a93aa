package io.signalbox.loadtest.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** GET requests over a fixed number of keep-alive connections, one after the other on each, until it is closed. */
public final class HttpTraffic implements AutoCloseable {
    private final String host;
    private final String path;
    private final Tally tally = new Tally();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    private HttpTraffic(String host, String path) {
        this.host = host;
        this.path = path;
    }

    /** Starts to send to the service, over that many connections. */
    public static HttpTraffic start(MeshService<?> service, String path, int connections) throws IOException {
        HttpTraffic traffic = new HttpTraffic(service.spec().host(), path);
        for (int i = 0; i < connections; i++) {
            HttpConnection connection = HttpConnection.open(service.address());
            traffic.threads.add(Thread.ofPlatform()
                    .daemon()
                    .name("http-traffic-" + i)
                    .start(() -> traffic.run(connection, service.address())));
        }
        return traffic;
    }

    /** Where the requests went. */
    public Tally tally() {
        return tally;
    }

    /** Sends no more; returns when the running requests have ended. */
    @Override
    public void close() {
        stopping = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(HttpConnection first, InetSocketAddress address) {
        HttpConnection connection = first;
        try {
            while (!stopping) {
                try {
                    HttpConnection.Response response = connection.get(host, path);
                    if (response.status() == 200) {
                        tally.answered(response.endpoint());
                    } else {
                        tally.failed(response.toString());
                    }
                } catch (IOException e) {
                    tally.failed(e.toString());
                    connection.close();
                    connection = HttpConnection.open(address);
                }
            }
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
