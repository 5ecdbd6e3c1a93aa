package io.signalbox.agent.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.signalbox.agent.upstream.BackendReport;
import java.io.IOException;
import java.util.List;

/** Writes the endpoints of all backends as JSON. */
final class EndpointsJson {
    private EndpointsJson() {}

    static void write(JsonGenerator out, List<BackendReport> backends) throws IOException {
        out.writeStartArray();
        for (BackendReport backend : backends) {
            out.writeStartObject();
            out.writeStringField("backend", backend.backend());
            if (!backend.tlsProblem().isEmpty()) {
                out.writeStringField("tls_problem", backend.tlsProblem());
            }
            out.writeArrayFieldStart("limits");
            for (BackendReport.LimitReport limit : backend.limits()) {
                out.writeStartObject();
                out.writeStringField("name", limit.name());
                out.writeNumberField("limit", limit.limit());
                out.writeNumberField("used", limit.used());
                out.writeNumberField("refused", limit.refused());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("endpoints");
            for (BackendReport.EndpointReport endpoint : backend.endpoints()) {
                write(out, endpoint);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void write(JsonGenerator out, BackendReport.EndpointReport endpoint) throws IOException {
        out.writeStartObject();
        out.writeStringField("endpoint", endpoint.endpoint());
        out.writeStringField("health", endpoint.isEjected() ? "ejected" : "healthy");
        out.writeNumberField("active_requests", endpoint.activeRequests());
        if (endpoint.isEjected()) {
            out.writeNumberField("ejected_millis_left", endpoint.ejectedMillisLeft());
            out.writeNumberField("times_ejected", endpoint.timesEjected());
        }
        out.writeEndObject();
    }
}
