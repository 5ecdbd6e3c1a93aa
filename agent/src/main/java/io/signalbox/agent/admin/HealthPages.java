package io.signalbox.agent.admin;

import com.sun.net.httpserver.HttpExchange;
import io.signalbox.agent.admin.PageServer.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * What probes and scrapers ask for; it shows nothing of what is configured but names in metrics, and changes nothing.
 */
final class HealthPages {
    private final AgentView agent;

    HealthPages(AgentView agent) {
        this.agent = agent;
    }

    Map<String, Route> routes() {
        return Map.of(
                "/ready", new Route("GET", this::ready),
                "/live", new Route("GET", exchange -> status(exchange, 200, "live", List.of())),
                "/metrics", new Route("GET", this::metrics));
    }

    /** Answers what the agent does now. */
    void status(HttpExchange exchange, int code, String status, List<String> reasons) throws IOException {
        Answers.json(exchange, code, out -> {
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

    private void ready(HttpExchange exchange) throws IOException {
        List<String> reasons = agent.notReadyReasons();
        status(exchange, reasons.isEmpty() ? 200 : 503, reasons.isEmpty() ? "ready" : "not ready", reasons);
    }

    private void metrics(HttpExchange exchange) throws IOException {
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        try (OutputStream out = Answers.open(exchange, 200, agent.metricsContentType(accept))) {
            agent.writeMetrics(out, accept);
        }
    }
}
