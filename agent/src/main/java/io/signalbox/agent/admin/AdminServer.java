package io.signalbox.agent.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP on 127.0.0.1. Two daemon threads, apart from the event loops, so that a scrape never delays a request. Requests
 * whose Host is not a name of loopback are refused, so that a web page in a browser on the node cannot read through a
 * name that it rebinds.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 2;
    private static final int BACKLOG = 16;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_BODY_BYTES = 1024 * 1024;
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Answers one request that has the right method. */
    private interface Page {
        void answer(HttpExchange exchange) throws IOException;
    }

    private record Route(String method, Page page) {}

    private final AgentView agent;
    private final JsonFactory json = new JsonFactory();
    private final Map<String, Route> routes = Map.of(
            "/ready", new Route("GET", this::ready),
            "/live", new Route("GET", exchange -> status(exchange, 200, "live", List.of())),
            "/metrics", new Route("GET", this::metrics),
            "/snapshot", new Route("GET", this::snapshot),
            "/connections", new Route("GET", this::connections),
            "/endpoints", new Route("GET", this::endpoints),
            "/pods", new Route("GET", this::pods),
            "/explain", new Route("POST", this::explain),
            "/drain", new Route("POST", this::drain));
    private @Nullable HttpServer server;
    private @Nullable ExecutorService threads;

    public AdminServer(AgentView agent) {
        this.agent = agent;
    }

    /**
     * Binds and serves.
     *
     * @param port 0 picks a free one
     * @throws IOException when the port cannot be bound
     */
    public void start(int port) throws IOException {
        // A peer that never ends its request, or never reads, must not keep one of the two threads; seconds.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "60");
        InetAddress loopback = InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
        HttpServer created = HttpServer.create(new InetSocketAddress(loopback, port), BACKLOG);
        ExecutorService pool = Executors.newFixedThreadPool(
                THREADS,
                Thread.ofPlatform().name("signalbox-admin-", 0).daemon().factory());
        created.setExecutor(pool);
        created.createContext("/", this::handle);
        created.start();
        server = created;
        threads = pool;
    }

    /** The bound port. */
    public int port() {
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
            if (!isLoopbackHost(exchange.getRequestHeaders().getFirst("Host"))) {
                problem(exchange, 403, "Host is not a name of loopback", "use http://127.0.0.1:" + port());
            } else if (route == null) {
                problem(
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
                problem(exchange, 405, "Method not allowed", path + " takes " + allowed);
            } else {
                route.page().answer(exchange);
            }
        } catch (RuntimeException e) {
            log.error("admin request failed: uri={}", exchange.getRequestURI(), e);
        }
    }

    private boolean isLoopbackHost(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String suffix = ":" + port();
        return host.endsWith(suffix) && LOOPBACK_NAMES.contains(host.substring(0, host.length() - suffix.length()));
    }

    private void ready(HttpExchange exchange) throws IOException {
        List<String> reasons = agent.notReadyReasons();
        status(exchange, reasons.isEmpty() ? 200 : 503, reasons.isEmpty() ? "ready" : "not ready", reasons);
    }

    private void status(HttpExchange exchange, int code, String status, List<String> reasons) throws IOException {
        writeJson(exchange, code, "application/json", out -> {
            out.writeStartObject();
            out.writeStringField("status", status);
            if (!reasons.isEmpty()) {
                out.writeArrayFieldStart("reasons");
                for (String reason : reasons) {
                    out.writeString(reason);
                }
                out.writeEndArray();
            }
            SnapshotJson.write(out, agent.served().followed());
            out.writeEndObject();
        });
    }

    private void metrics(HttpExchange exchange) throws IOException {
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        try (OutputStream out = open(exchange, 200, agent.metricsContentType(accept))) {
            agent.writeMetrics(out, accept);
        }
    }

    private void snapshot(HttpExchange exchange) throws IOException {
        AgentView.ServedState served = agent.served();
        String query = exchange.getRequestURI().getQuery();
        if (query == null) {
            writeJson(exchange, 200, "application/json", out -> SnapshotJson.write(out, served));
            return;
        }
        int port = query.startsWith("port=") ? port(query.substring("port=".length())) : -1;
        Snapshot all = served.snapshot();
        PortSnapshot one = all.ports().get(port);
        if (port < 0) {
            problem(exchange, 400, "Bad query", query + " (expected: port=1 to port=" + MAX_PORT + ")");
        } else if (one == null) {
            problem(exchange, 404, "Port not configured", "the snapshot holds nothing of port " + port);
        } else {
            writeJson(exchange, 200, "application/json", out -> SnapshotJson.write(out, one));
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port >= 1 && port <= MAX_PORT ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private void connections(HttpExchange exchange) throws IOException {
        writeJson(exchange, 200, "application/json", out -> SnapshotJson.write(out, agent.connections()));
    }

    private void explain(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            problem(exchange, 413, "Question too large", "expected: at most " + MAX_BODY_BYTES + " bytes");
            return;
        }
        String answer;
        try {
            answer = agent.explain(new String(body, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            problem(exchange, 400, "Bad question", String.valueOf(e.getMessage()));
            return;
        }
        try (OutputStream out = open(exchange, 200, "application/json")) {
            out.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private void endpoints(HttpExchange exchange) throws IOException {
        writeJson(exchange, 200, "application/json", out -> EndpointsJson.write(out, agent.backends()));
    }

    private void pods(HttpExchange exchange) throws IOException {
        writeJson(exchange, 200, "application/json", out -> PodsJson.write(out, agent.pods()));
    }

    private void drain(HttpExchange exchange) throws IOException {
        status(exchange, 202, "draining", List.of());
        agent.drain();
    }

    private void problem(HttpExchange exchange, int code, String title, String detail) throws IOException {
        writeJson(exchange, code, "application/problem+json", out -> {
            out.writeStartObject();
            out.writeStringField("title", title);
            out.writeNumberField("status", code);
            out.writeStringField("detail", detail);
            out.writeEndObject();
        });
    }

    private interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    private void writeJson(HttpExchange exchange, int code, String contentType, Body body) throws IOException {
        try (OutputStream out = open(exchange, code, contentType);
                JsonGenerator generator = json.createGenerator(out)) {
            generator.useDefaultPrettyPrinter();
            body.write(generator);
            generator.writeRaw('\n');
        }
    }

    private static OutputStream open(HttpExchange exchange, int code, String contentType) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(code, isHead ? -1 : 0);
        return isHead ? OutputStream.nullOutputStream() : exchange.getResponseBody();
    }
}
