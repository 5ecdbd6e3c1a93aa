package io.signalbox.agent.explain;

import io.signalbox.agent.policy.GrpcStatus;
import io.signalbox.agent.policy.HeaderValues;
import io.signalbox.agent.policy.PathNormalizer;
import io.signalbox.agent.routing.RequestAttributes;
import io.signalbox.config.v1.ExplainHeader;
import io.signalbox.config.v1.ExplainHttpRequest;
import io.signalbox.config.v1.ExplainProtocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The request of a question, as the dataplane would look at it. */
final class QueryRequest implements RequestAttributes, HeaderValues.Variables {
    private final Question question;
    private final ExplainHttpRequest http;
    private final String target;
    private final Map<String, List<String>> headers = new HashMap<>();

    QueryRequest(Question question) {
        this.question = question;
        this.http = question.query().getHttp();
        this.target = PathNormalizer.normalize(http.getPath());
        for (ExplainHeader header : http.getHeadersList()) {
            headers.computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), n -> new ArrayList<>())
                    .add(header.getValue());
        }
        if (isProtocolGrpc()) {
            headers.putIfAbsent("content-type", List.of("application/grpc"));
        }
    }

    private boolean isProtocolGrpc() {
        return question.query().getProtocol() == ExplainProtocol.EXPLAIN_PROTOCOL_GRPC;
    }

    boolean isGrpc() {
        CharSequence type = header("content-type");
        return type != null && GrpcStatus.isGrpc(type);
    }

    /** The normalised path with all that follows it. */
    String pathAndQuery() {
        return target;
    }

    /** Whether the path was brought into another form. */
    boolean isNormalized() {
        return !target.equals(http.getPath());
    }

    @Override
    public String method() {
        return http.getMethod().isEmpty() ? (isProtocolGrpc() ? "POST" : "GET") : http.getMethod();
    }

    @Override
    public String path() {
        return target.substring(0, pathEnd());
    }

    private int pathEnd() {
        int end = 0;
        while (end < target.length() && target.charAt(end) != '?' && target.charAt(end) != '#') {
            end++;
        }
        return end;
    }

    @Override
    public @Nullable String query() {
        int from = pathEnd();
        if (from == target.length() || target.charAt(from) != '?') {
            return null;
        }
        int fragment = target.indexOf('#', from);
        return target.substring(from + 1, fragment < 0 ? target.length() : fragment);
    }

    @Override
    public String authority() {
        return http.getAuthority();
    }

    @Override
    public String scheme() {
        return http.getScheme().isEmpty() ? "http" : http.getScheme();
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        List<String> values = headers.get(lowerCaseName);
        return values == null ? null : String.join(",", values);
    }

    @Override
    public String remoteAddress() {
        return question.callerAddress();
    }

    @Override
    public String localAddress() {
        return question.destination().toString();
    }

    @Override
    public String protocol() {
        return question.httpVersion();
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return switch (name) {
            case ":method" -> method();
            case ":path" -> target;
            case ":authority" -> authority();
            case ":scheme" -> scheme();
            default -> header(name);
        };
    }
}
