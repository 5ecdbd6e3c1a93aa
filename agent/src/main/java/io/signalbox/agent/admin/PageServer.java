package io.signalbox.agent.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers HTTP requests by their paths, on two daemon threads apart from the event loops, so that a scrape never delays
 * a request. On loopback, requests whose Host is not a name of loopback are refused, so that a web page in a browser on
 * the node cannot read through a name that it rebinds.
 */
final class PageServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PageServer.class);
    private static final int THREADS = 2;
    private static final int BACKLOG = 16;
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Answers one request that has the right method. */
    interface Page {
        void answer(HttpExchange exchange) throws IOException;
    }

    /** A page, and the method by which it is asked for. */
    record Route(String method, Page page) {}

    private final String threadName;
    private final Map<String, Route> routes;
    private @Nullable HttpServer server;
    private @Nullable ExecutorService threads;

    PageServer(String threadName, Map<String, Route> routes) {
        this.threadName = threadName;
        this.routes = Map.copyOf(routes);
    }

    /** Binds and serves; does nothing when it does already. */
    void start(InetSocketAddress address) throws IOException {
        if (server != null) {
            return;
        }
        // A peer that never ends its request, or never reads, must not keep one of the two threads; seconds.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "60");
        System.setProperty("jdk.httpserver.maxConnections", "64");
        HttpServer created = HttpServer.create(address, BACKLOG);
        ExecutorService pool = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().name(threadName, 0).daemon().factory());
        created.setExecutor(pool);
        created.createContext("/", this::handle);
        created.start();
        server = created;
        threads = pool;
    }

    /** The bound port; 0 when there is none. */
    int port() {
        return server == null ? 0 : server.getAddress().getPort();
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
        if (threads != null) {
            threads.shutdownNow();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Route route = path == null ? null : routes.get(path);
            String method = exchange.getRequestMethod();
            if (!isNameOfThis(exchange)) {
                Answers.problem(exchange, 403, "Host is not a name of loopback", "use http://127.0.0.1:" + port());
            } else if (route == null) {
                Answers.problem(
                        exchange,
                        404,
                        "No such page",
                        "there are "
                                + String.join(
                                        ", ", routes.keySet().stream().sorted().toList()));
            } else if (!method.equals(route.method())
                    && !(method.equals("HEAD") && route.method().equals("GET"))) {
                String allowed = route.method().equals("GET") ? "GET, HEAD" : route.method();
                exchange.getResponseHeaders().set("Allow", allowed);
                Answers.problem(exchange, 405, "Method not allowed", path + " takes " + allowed);
            } else {
                route.page().answer(exchange);
            }
        } catch (RuntimeException e) {
            log.error("admin request failed: uri={}", exchange.getRequestURI(), e);
        }
    }

    private static boolean isNameOfThis(HttpExchange exchange) {
        InetSocketAddress address = exchange.getLocalAddress();
        if (!address.getAddress().isLoopbackAddress()) {
            return true;
        }
        String host = exchange.getRequestHeaders().getFirst("Host");
        String suffix = ":" + address.getPort();
        return host != null
                && host.endsWith(suffix)
                && LOOPBACK_NAMES.contains(host.substring(0, host.length() - suffix.length()));
    }
}
