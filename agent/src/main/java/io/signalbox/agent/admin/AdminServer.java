package io.signalbox.agent.admin;

import com.sun.net.httpserver.HttpExchange;
import io.signalbox.agent.admin.PageServer.Route;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All pages, on 127.0.0.1: who reaches them may read everything, and have the agent drain. */
public final class AdminServer implements AutoCloseable {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_BODY_BYTES = 1024 * 1024;

    private final AgentView agent;
    private final HealthPages health;
    private final PageServer server;

    public AdminServer(AgentView agent) {
        this.agent = agent;
        this.health = new HealthPages(agent);
        Map<String, Route> routes = new HashMap<>(health.routes());
        routes.put("/snapshot", new Route("GET", this::snapshot));
        routes.put("/connections", new Route("GET", this::connections));
        routes.put("/endpoints", new Route("GET", this::endpoints));
        routes.put("/pods", new Route("GET", this::pods));
        routes.put("/explain", new Route("POST", this::explain));
        routes.put("/drain", new Route("POST", this::drain));
        this.server = new PageServer("signalbox-admin-", routes);
    }

    /**
     * Binds and serves; does nothing when it does already.
     *
     * @param port 0 picks a free one
     * @throws IOException when the port cannot be bound
     */
    public void start(int port) throws IOException {
        InetAddress loopback = InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
        server.start(new InetSocketAddress(loopback, port));
    }

    /** The bound port. */
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }

    private void snapshot(HttpExchange exchange) throws IOException {
        AgentView.ServedState served = agent.served();
        String query = exchange.getRequestURI().getQuery();
        if (query == null) {
            Answers.json(exchange, 200, out -> SnapshotJson.write(out, served));
            return;
        }
        int port = query.startsWith("port=") ? port(query.substring("port=".length())) : -1;
        Snapshot all = served.snapshot();
        PortSnapshot one = all.ports().get(port);
        if (port < 0) {
            Answers.problem(exchange, 400, "Bad query", query + " (expected: port=1 to port=" + MAX_PORT + ")");
        } else if (one == null) {
            Answers.problem(exchange, 404, "Port not configured", "the snapshot holds nothing of port " + port);
        } else {
            Answers.json(exchange, 200, out -> SnapshotJson.write(out, one));
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
        Answers.json(exchange, 200, out -> SnapshotJson.write(out, agent.connections()));
    }

    private void explain(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            Answers.problem(exchange, 413, "Question too large", "expected: at most " + MAX_BODY_BYTES + " bytes");
            return;
        }
        String answer;
        try {
            answer = agent.explain(new String(body, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            Answers.problem(exchange, 400, "Bad question", String.valueOf(e.getMessage()));
            return;
        }
        try (OutputStream out = Answers.open(exchange, 200, "application/json")) {
            out.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private void endpoints(HttpExchange exchange) throws IOException {
        Answers.json(exchange, 200, out -> EndpointsJson.write(out, agent.backends()));
    }

    private void pods(HttpExchange exchange) throws IOException {
        Answers.json(exchange, 200, out -> PodsJson.write(out, agent.pods()));
    }

    private void drain(HttpExchange exchange) throws IOException {
        health.status(exchange, 202, "draining", List.of());
        agent.drain();
    }
}
