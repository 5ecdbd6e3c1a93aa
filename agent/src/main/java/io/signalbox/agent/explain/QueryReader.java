package io.signalbox.agent.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.Workload;
import io.signalbox.config.v1.ExplainHeader;
import io.signalbox.config.v1.ExplainHttpRequest;
import io.signalbox.config.v1.ExplainProtocol;
import io.signalbox.config.v1.ExplainQuery;
import io.signalbox.config.v1.ExplainSource;
import io.signalbox.config.v1.ExplainTlsHello;
import io.signalbox.config.v1.Label;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** Reads a question. Every field must be known and of the right kind. */
final class QueryReader {
    private static final Map<String, ExplainProtocol> PROTOCOLS = Map.of(
            "http", ExplainProtocol.EXPLAIN_PROTOCOL_HTTP,
            "http2", ExplainProtocol.EXPLAIN_PROTOCOL_HTTP2,
            "grpc", ExplainProtocol.EXPLAIN_PROTOCOL_GRPC,
            "tls", ExplainProtocol.EXPLAIN_PROTOCOL_TLS,
            "tcp", ExplainProtocol.EXPLAIN_PROTOCOL_TCP);

    private final NodeWorkloads workloads;

    QueryReader(NodeWorkloads workloads) {
        this.workloads = workloads;
    }

    ExplainQuery read(JsonNode body) {
        known("body", body, "source", "destination", "protocol", "http", "tls");
        ExplainQuery.Builder query = ExplainQuery.newBuilder().setSource(source(body.path("source")));
        String protocol = text("protocol", body.path("protocol"), "http");
        ExplainProtocol known = PROTOCOLS.get(protocol);
        if (known == null) {
            throw bad("protocol", "'" + protocol + "'", "http, http2, grpc, tls or tcp");
        }
        destination(text("destination", body.path("destination"), ""), query);
        query.setProtocol(known);
        if (body.has("http")) {
            query.setHttp(http(body.path("http")));
        }
        if (body.has("tls")) {
            JsonNode tls = body.path("tls");
            known("tls", tls, "sni", "alpn");
            query.setTls(ExplainTlsHello.newBuilder().setSni(text("tls.sni", tls.path("sni"), "")));
        }
        return query.build();
    }

    private static void destination(String text, ExplainQuery.Builder query) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw bad("destination", "'" + text + "'", "ip:port");
        }
        query.setAddress(address("destination", text.substring(0, colon)))
                .setPort(Integer.parseInt(text.substring(colon + 1)));
    }

    private static ByteString address(String where, String text) {
        String host = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        try {
            return ByteString.copyFrom(InetAddress.ofLiteral(host).getAddress());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": '" + text + "' (expected: an IP address)", e);
        }
    }

    private ExplainSource source(JsonNode source) {
        known("source", source, "namespace", "labels", "workload", "address", "node", "locality");
        ExplainSource.Builder message = ExplainSource.newBuilder();
        Map<String, String> labels = new TreeMap<>();
        String workload = text("source.workload", source.path("workload"), "");
        String address = text("source.address", source.path("address"), "");
        if (!address.isEmpty()) {
            message.setAddress(address("source.address", address));
        }
        boolean isNamed = !workload.isEmpty();
        if (isNamed || (!address.isEmpty() && !source.has("namespace"))) {
            Workload found = isNamed ? named(workload) : at(address);
            message.setNamespace(found.namespace());
            labels.putAll(found.labels());
        }
        if (source.has("namespace")) {
            message.setNamespace(text("source.namespace", source.path("namespace"), ""));
        }
        fields("source.labels", source.path("labels")).forEach(labels::put);
        labels.forEach(
                (key, value) -> message.addLabels(Label.newBuilder().setKey(key).setValue(value)));
        return message.setNode(text("source.node", source.path("node"), ""))
                .setLocality(text("source.locality", source.path("locality"), ""))
                .build();
    }

    private Workload named(String name) {
        List<Workload> found = workloads.workloads().stream()
                .filter(workload ->
                        name.equals(workload.namespace() + "/" + workload.name()) || name.equals(workload.name()))
                .toList();
        if (found.size() != 1) {
            throw bad(
                    "source.workload",
                    "'" + name + "' is " + (found.isEmpty() ? "none" : found.size()) + " of this node's workloads",
                    "namespace/name of one of them");
        }
        return found.get(0);
    }

    private Workload at(String address) {
        Workload found = workloads.at(InetAddress.ofLiteral(address));
        if (found == null) {
            throw bad("source.address", "'" + address + "'", "the address of a workload of this node, or a namespace");
        }
        return found;
    }

    private static ExplainHttpRequest http(JsonNode http) {
        known("http", http, "method", "authority", "path", "headers", "scheme");
        ExplainHttpRequest.Builder message = ExplainHttpRequest.newBuilder()
                .setMethod(text("http.method", http.path("method"), ""))
                .setAuthority(text("http.authority", http.path("authority"), ""))
                .setPath(text("http.path", http.path("path"), "/"))
                .setScheme(text("http.scheme", http.path("scheme"), ""));
        JsonNode headers = http.path("headers");
        for (Iterator<String> names = headers.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            JsonNode values = headers.path(name);
            for (JsonNode value : values.isArray() ? values : List.of(values)) {
                message.addHeaders(
                        ExplainHeader.newBuilder().setName(name).setValue(text("http.headers." + name, value, "")));
            }
        }
        return message.build();
    }

    private static Map<String, String> fields(String where, JsonNode node) {
        Map<String, String> fields = new TreeMap<>();
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            fields.put(name, text(where + "." + name, node.path(name), ""));
        }
        return fields;
    }

    private static String text(String where, JsonNode node, String absent) {
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isTextual()) {
            throw bad(where, node.toString(), "text");
        }
        return Objects.requireNonNull(node.textValue());
    }

    private static void known(String where, JsonNode node, String... names) {
        if (node.isMissingNode()) {
            return;
        }
        if (!node.isObject()) {
            throw bad(where, node.toString(), "an object");
        }
        Set<String> all = Set.of(names);
        for (Iterator<String> fields = node.fieldNames(); fields.hasNext(); ) {
            String field = fields.next();
            if (!all.contains(field)) {
                throw bad(where, "unknown field '" + field + "'", "one of " + String.join(", ", names));
            }
        }
    }

    private static IllegalArgumentException bad(String where, String actual, String expected) {
        return new IllegalArgumentException(where + ": " + actual + " (expected: " + expected + ")");
    }
}
