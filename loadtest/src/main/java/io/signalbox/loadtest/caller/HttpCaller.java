package io.signalbox.loadtest.caller;

import io.signalbox.loadtest.harness.HttpConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * GET requests at a fixed rate over one keep-alive connection, as any HTTP client sends them: it connects again when it
 * is told that a connection ends, and a request on an idle connection that turns out to be closed goes out once more on
 * a new one. Everything else that goes wrong is a failure.
 */
final class HttpCaller {
    private final URI uri;
    private final Duration timeout;
    private final Map<String, String> headers;
    private final int requestsPerConnection;
    private final CallerReport report;
    private @Nullable HttpConnection connection;
    private int sentOnConnection;

    /** @param requestsPerConnection after which a connection is closed and another opened */
    HttpCaller(URI uri, Duration timeout, Map<String, String> headers, int requestsPerConnection, CallerReport report) {
        this.uri = uri;
        this.timeout = timeout;
        this.headers = Map.copyOf(headers);
        this.requestsPerConnection = requestsPerConnection;
        this.report = report;
    }

    /** Sends from {@code first} to {@code end} (both of System.nanoTime), one request each {@code interval}. */
    void run(long first, long end, long interval) {
        for (long due = first; due - end < 0; due += interval) {
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            request(due);
        }
        close();
    }

    private void request(long due) {
        try {
            HttpConnection.Response response = exchange();
            if (response.status() == 200) {
                report.answered(response.endpoint(), System.nanoTime() - due);
            } else {
                report.failed(response.status() + " " + response.body().strip());
            }
            sentOnConnection++;
            if (sentOnConnection >= requestsPerConnection
                    || "close".equalsIgnoreCase(response.headers().get("connection"))) {
                close();
            }
        } catch (IOException e) {
            report.failed(e.toString());
            close();
        }
    }

    private HttpConnection.Response exchange() throws IOException {
        HttpConnection used = connection;
        if (used != null) {
            try {
                return exchange(used);
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (ClosedWhileIdleException e) {
                report.resent();
                close();
            }
        }
        HttpConnection fresh = HttpConnection.open(
                new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort()), timeout);
        connection = fresh;
        sentOnConnection = 0;
        return exchange(fresh);
    }

    private HttpConnection.Response exchange(HttpConnection on) throws IOException {
        try {
            on.sendGet(uri.getRawAuthority(), uri.getRawPath().isEmpty() ? "/" : uri.getRawPath(), headers);
            on.awaitResponse();
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw new ClosedWhileIdleException(e);
        }
        return on.readResponse();
    }

    private void close() {
        HttpConnection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It is not used any more.
            }
        }
    }

    /** The connection ended before a byte of the response. */
    private static final class ClosedWhileIdleException extends IOException {
        private static final long serialVersionUID = 1;

        ClosedWhileIdleException(IOException cause) {
            super("no response: " + cause, cause);
        }
    }
}
