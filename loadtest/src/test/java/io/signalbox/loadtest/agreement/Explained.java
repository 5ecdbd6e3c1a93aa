package io.signalbox.loadtest.agreement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.loadtest.harness.AdminClient;
import java.util.Set;
import java.util.TreeSet;

/** Asks explain of the live registry. */
final class Explained {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Explained() {}

    static JsonNode of(RequestGenerator.Http request, AdminClient rest) {
        ObjectNode question = question(request.caller(), request.address(), request.port(), "http");
        ObjectNode http = ((ObjectNode) question.get("request"))
                .putObject("http")
                .put("method", request.method())
                .put("authority", request.authority())
                .put("path", request.target());
        ObjectNode headers = http.putObject("headers");
        request.headers().forEach(headers::put);
        return rest.post("/v1/explain", question);
    }

    static JsonNode of(RequestGenerator.Tcp connection, AdminClient rest) {
        return rest.post("/v1/explain", question(connection.caller(), connection.address(), connection.port(), "tcp"));
    }

    /** All endpoints that a request may reach. */
    static Set<String> endpoints(JsonNode answer) {
        Set<String> endpoints = new TreeSet<>();
        for (JsonNode backend : answer.path("backends")) {
            if (backend.path("weight").asDouble() > 0) {
                backend.path("endpoints").forEach(endpoint -> endpoints.add(endpoint.asText()));
            }
        }
        return endpoints;
    }

    /** Whether the agent may have to answer 503 itself: a backend is not known, or has nobody. */
    static boolean mayFail(JsonNode answer) {
        for (JsonNode backend : answer.path("backends")) {
            if (backend.path("weight").asDouble() > 0
                    && backend.path("endpoints").isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static ObjectNode question(World.Caller caller, String address, int port, String protocol) {
        ObjectNode question = JSON.createObjectNode();
        ObjectNode request = question.putObject("request")
                .put("destination", address + ":" + port)
                .put("protocol", protocol);
        ObjectNode source = request.putObject("source").put("namespace", caller.namespace());
        ObjectNode labels = source.putObject("labels");
        caller.labels().forEach(labels::put);
        return question;
    }
}
