package io.signalbox.configservice.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.helidon.http.Status;
import io.signalbox.config.v1.ExplainHeader;
import io.signalbox.config.v1.ExplainHttpRequest;
import io.signalbox.config.v1.ExplainProtocol;
import io.signalbox.config.v1.ExplainQuery;
import io.signalbox.config.v1.ExplainSource;
import io.signalbox.config.v1.ExplainTlsHello;
import io.signalbox.config.v1.Label;
import io.signalbox.configservice.explain.Manifests;
import io.signalbox.configservice.registry.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/explain}.
 *
 * @param manifests the what-if registry; null: none
 */
record ExplainInput(ExplainQuery query, @Nullable Manifests manifests) {
    private static final Map<String, ExplainProtocol> PROTOCOLS = Map.of(
            "http", ExplainProtocol.EXPLAIN_PROTOCOL_HTTP,
            "http2", ExplainProtocol.EXPLAIN_PROTOCOL_HTTP2,
            "grpc", ExplainProtocol.EXPLAIN_PROTOCOL_GRPC,
            "tls", ExplainProtocol.EXPLAIN_PROTOCOL_TLS,
            "tcp", ExplainProtocol.EXPLAIN_PROTOCOL_TCP);
    private static final String EXPECTED_PROTOCOL = "http, http2, grpc, tls or tcp";
    private static final Pattern DESTINATION = Pattern.compile("(?:\\[([^\\]]+)]|([^:]+)):([0-9]{1,5})");
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /**
     * Reads a body.
     *
     * @throws ApiException with everything that is wrong with it
     */
    static ExplainInput read(JsonNode body) {
        List<String> errors = new ArrayList<>();
        Input root = Input.of(body, errors).object("request", "manifests", "overlay");
        ExplainQuery query =
                query(root.field("request").requiredObject("source", "destination", "protocol", "http", "tls"));
        Manifests manifests = manifests(root);
        if (!errors.isEmpty()) {
            throw new ApiException(Status.BAD_REQUEST_400, String.join("; ", errors));
        }
        return new ExplainInput(query, manifests);
    }

    private static @Nullable Manifests manifests(Input root) {
        Input manifests = root.field("manifests");
        boolean overlay = root.field("overlay").flag();
        if (!manifests.isPresent()) {
            if (overlay) {
                manifests.error("is missing (expected: text, since overlay is true)");
            }
            return null;
        }
        return new Manifests(manifests.text(""), overlay);
    }

    private static ExplainQuery query(Input request) {
        ExplainQuery.Builder query = ExplainQuery.newBuilder();
        if (!request.isPresent()) {
            return query.build();
        }
        query.setSource(source(request.field("source").object("namespace", "labels", "node", "locality", "address")));
        destination(request.field("destination"), query);
        Input protocolField = request.field("protocol");
        String word = protocolField.requiredText(EXPECTED_PROTOCOL);
        ExplainProtocol protocol = PROTOCOLS.get(word);
        if (protocol == null) {
            if (!word.isEmpty()) {
                protocolField.error("\"" + word + "\" (expected: " + EXPECTED_PROTOCOL + ")");
            }
            return query.build();
        }
        query.setProtocol(protocol);
        Input http = request.field("http");
        Input tls = request.field("tls");
        boolean speaksTls = protocol == ExplainProtocol.EXPLAIN_PROTOCOL_TLS;
        boolean speaksHttp = !speaksTls && protocol != ExplainProtocol.EXPLAIN_PROTOCOL_TCP;
        if (speaksHttp) {
            query.setHttp(http(http.object("method", "authority", "path", "headers", "scheme")));
        } else if (http.isPresent()) {
            http.error("does not go with protocol " + word + " (expected: absent)");
        }
        if (speaksTls) {
            Input hello = tls.object("sni", "alpn");
            query.setTls(ExplainTlsHello.newBuilder()
                    .setSni(hello.field("sni").text(""))
                    .addAllAlpn(hello.field("alpn").texts()));
        } else if (tls.isPresent()) {
            tls.error("does not go with protocol " + word + " (expected: absent)");
        }
        return query.build();
    }

    private static void destination(Input field, ExplainQuery.Builder query) {
        String expected = "ip:port";
        String text = field.requiredText(expected);
        if (text.isEmpty()) {
            return;
        }
        Matcher matcher = DESTINATION.matcher(text);
        if (matcher.matches()) {
            boolean bracketed = matcher.group(1) != null;
            Optional<IpAddress> address = IpAddress.parse(bracketed ? matcher.group(1) : matcher.group(2));
            int port = Integer.parseInt(matcher.group(3));
            if (address.isPresent() && address.get().v6() == bracketed && port >= 1 && port <= 65_535) {
                query.setAddress(ByteString.copyFrom(address.get().bytes())).setPort(port);
                return;
            }
        }
        field.error("\"" + text + "\" (expected: " + expected + ")");
    }

    private static ExplainSource source(Input source) {
        Map<String, String> labels = new TreeMap<>();
        source.field("labels").fields().forEach((key, value) -> labels.put(key, value.text("")));
        Input locality = source.field("locality").object("region", "zone", "subzone");
        ExplainSource.Builder message = ExplainSource.newBuilder()
                .setNamespace(source.field("namespace").text(""))
                .setNode(source.field("node").text(""))
                .setLocality(Stream.of("region", "zone", "subzone")
                        .map(name -> locality.field(name).text(""))
                        .takeWhile(name -> !name.isEmpty())
                        .collect(Collectors.joining("/")));
        labels.forEach(
                (key, value) -> message.addLabels(Label.newBuilder().setKey(key).setValue(value)));
        source.field("address")
                .address()
                .ifPresent(address -> message.setAddress(ByteString.copyFrom(address.bytes())));
        return message.build();
    }

    private static ExplainHttpRequest http(Input http) {
        Input method = http.field("method");
        ExplainHttpRequest.Builder message = ExplainHttpRequest.newBuilder()
                .setMethod(method.text("GET"))
                .setAuthority(http.field("authority").text(""))
                .setPath(http.field("path").text("/"))
                .setScheme(http.field("scheme").text(""));
        if (!TOKEN.matcher(message.getMethod()).matches()) {
            method.error("\"" + message.getMethod() + "\" (expected: a method, such as GET)");
        }
        if (message.getPath().isEmpty()) {
            http.field("path").error("\"\" (expected: a path, such as /)");
        }
        http.field("headers").fields().forEach((name, value) -> {
            if (name.equalsIgnoreCase("host")) {
                value.error("stands in authority (expected: absent)");
            } else if (!TOKEN.matcher(name).matches()) {
                value.error("is no header name");
            }
            value.textOrTexts()
                    .forEach(text -> message.addHeaders(
                            ExplainHeader.newBuilder().setName(name).setValue(text)));
        });
        return message.build();
    }
}
