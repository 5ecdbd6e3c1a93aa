package io.signalbox.agent.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.signalbox.agent.config.ConfigStats;
import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Audience;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.model.SniFrontend;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.agent.model.Workload;
import io.signalbox.agent.proxy.ConnectionReport;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes what the agent holds as JSON, straight to the response: a large snapshot is never in memory twice. */
final class SnapshotJson {
    private SnapshotJson() {}

    static void write(JsonGenerator out, AgentView.ServedState served) throws IOException {
        out.writeStartObject();
        out.writeStringField("node", served.node());
        out.writeStringField("zone", served.zone());
        out.writeStringField("source", served.source());
        ConfigStats.Followed followed = served.followed();
        out.writeBooleanField("connected", followed != null);
        write(out, followed);
        if (served.lastAppliedEpochMillis() > 0) {
            out.writeStringField(
                    "last_applied",
                    Instant.ofEpochMilli(served.lastAppliedEpochMillis()).toString());
        }
        out.writeArrayFieldStart("ports");
        for (PortSnapshot port : new TreeMap<>(served.snapshot().ports()).values()) {
            write(out, port);
        }
        out.writeEndArray();
        out.writeObjectFieldStart("workloads");
        out.writeStringField("version", served.snapshot().workloads().version().value());
        out.writeArrayFieldStart("workloads");
        for (Workload workload : served.snapshot().workloads().workloads()) {
            write(out, workload);
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndObject();
    }

    /** The replica of the config service that is followed, if one is. */
    static void write(JsonGenerator out, ConfigStats.@Nullable Followed followed) throws IOException {
        if (followed != null) {
            out.writeObjectFieldStart("config_service");
            out.writeStringField("address", followed.address());
            out.writeStringField("instance", followed.instance());
            out.writeEndObject();
        }
    }

    static void write(JsonGenerator out, PortSnapshot port) throws IOException {
        out.writeStartObject();
        out.writeNumberField("port", port.port());
        out.writeStringField("version", port.version().value());
        out.writeArrayFieldStart("address_frontends");
        for (AddressFrontend frontend : port.addressFrontends()) {
            write(out, frontend);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("sni_frontends");
        for (SniFrontend frontend : port.sniFrontends()) {
            write(out, frontend);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("virtual_hosts");
        for (VirtualHost virtualHost : new TreeMap<>(port.virtualHosts()).values()) {
            write(out, virtualHost);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("backends");
        for (Backend backend : new TreeMap<>(port.backends()).values()) {
            write(out, backend);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    static void write(JsonGenerator out, List<ConnectionReport> connections) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("connections");
        for (ConnectionReport connection : connections) {
            out.writeStartObject();
            out.writeStringField("source", connection.source());
            out.writeStringField("destination", connection.destination());
            out.writeStringField("protocol", connection.protocol());
            if (connection.sourceWorkload() != null) {
                out.writeStringField("source_workload", connection.sourceWorkload());
            }
            out.writeNumberField("age_millis", connection.ageMillis());
            out.writeNumberField("active_requests", connection.activeRequests());
            out.writeNumberField("requests", connection.requests());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, AddressFrontend frontend) throws IOException {
        out.writeStartObject();
        out.writeStringField("cidr", frontend.cidr().toString());
        out.writeStringField("service", frontend.service());
        out.writeStringField("protocol", frontend.protocol().name().toLowerCase(Locale.ROOT));
        writeAudience(out, frontend.audience());
        if (frontend.virtualHost() != null) {
            out.writeStringField("virtual_host", frontend.virtualHost());
        }
        writeL4Routes(out, frontend.routes());
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, SniFrontend frontend) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", frontend.name());
        writeHosts(out, frontend.hosts());
        writeL4Routes(out, frontend.routes());
        out.writeEndObject();
    }

    private static void writeL4Routes(JsonGenerator out, List<L4Route> routes) throws IOException {
        out.writeArrayFieldStart("routes");
        for (L4Route route : routes) {
            out.writeStartObject();
            writeRule(out, route.rule());
            if (!route.sniHost().isEmpty()) {
                out.writeStringField("sni_host", route.sniHost());
            }
            if (route.destinationSubnet() != null) {
                out.writeStringField(
                        "destination_subnet", route.destinationSubnet().toString());
            }
            writeLabels(out, "source_labels", route.sourceLabels());
            writeWeighted(out, route.backends());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeHosts(JsonGenerator out, List<HostPattern> hosts) throws IOException {
        out.writeArrayFieldStart("hosts");
        for (HostPattern host : hosts) {
            out.writeStartObject();
            out.writeStringField("pattern", host.pattern());
            writeAudience(out, host.audience());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeAudience(JsonGenerator out, Audience audience) throws IOException {
        if (!audience.namespace().isEmpty()) {
            out.writeStringField("caller_namespace", audience.namespace());
        }
        if (!audience.scope().isEmpty()) {
            out.writeStringField("caller_scope", audience.scope());
        }
    }

    private static void writeLabels(JsonGenerator out, String field, Map<String, String> labels) throws IOException {
        if (labels.isEmpty()) {
            return;
        }
        out.writeObjectFieldStart(field);
        for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
            out.writeStringField(label.getKey(), label.getValue());
        }
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, VirtualHost virtualHost) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", virtualHost.name());
        out.writeStringField("service", virtualHost.service());
        writeHosts(out, virtualHost.hosts());
        out.writeArrayFieldStart("routes");
        for (Route route : virtualHost.routes()) {
            out.writeStartObject();
            writeRule(out, route.rule());
            switch (route.action()) {
                case RouteAction.Forward forward -> writeWeighted(out, forward.backends());
                case RouteAction.Redirect redirect -> out.writeNumberField("redirect", redirect.status());
                case RouteAction.DirectResponse response -> out.writeNumberField("direct_response", response.status());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
        writeAddresses(out, virtualHost.addresses());
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, Backend backend) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", backend.name());
        out.writeStringField("host", backend.host());
        out.writeNumberField("port", backend.port());
        out.writeStringField("load_balancer", backend.loadBalancer().name().toLowerCase(Locale.ROOT));
        out.writeArrayFieldStart("endpoints");
        for (BackendEndpoint endpoint : backend.endpoints()) {
            out.writeString(endpoint.toString());
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, Workload workload) throws IOException {
        out.writeStartObject();
        out.writeStringField("namespace", workload.namespace());
        out.writeStringField("name", workload.name());
        out.writeStringField("service_account", workload.serviceAccount());
        out.writeStringField("uid", workload.uid());
        out.writeStringField("capture", workload.capture().name().toLowerCase(Locale.ROOT));
        writeAddresses(out, workload.addresses());
        writeLabels(out, "labels", workload.labels());
        out.writeEndObject();
    }

    private static void writeRule(JsonGenerator out, @Nullable RuleRef rule) throws IOException {
        if (rule != null) {
            out.writeStringField("rule", rule.toString());
        }
    }

    private static void writeWeighted(JsonGenerator out, List<WeightedBackend> backends) throws IOException {
        out.writeArrayFieldStart("backends");
        for (WeightedBackend backend : backends) {
            out.writeStartObject();
            if (backend.backend() != null) {
                out.writeStringField("backend", backend.backend());
            } else {
                out.writeStringField("unknown_reason", backend.unknownReason());
            }
            out.writeNumberField("weight", backend.weight());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeAddresses(JsonGenerator out, List<InetAddress> addresses) throws IOException {
        out.writeArrayFieldStart("addresses");
        for (InetAddress address : addresses) {
            out.writeString(address.getHostAddress());
        }
        out.writeEndArray();
    }
}
