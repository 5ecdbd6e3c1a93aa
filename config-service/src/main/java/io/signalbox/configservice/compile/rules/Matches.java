package io.signalbox.configservice.compile.rules;

import io.signalbox.config.v1.Label;
import io.signalbox.config.v1.NamedMatch;
import io.signalbox.config.v1.PathMatch;
import io.signalbox.config.v1.RequestMatch;
import io.signalbox.config.v1.StringMatch;
import io.signalbox.configservice.registry.CallerMatch;
import io.signalbox.configservice.registry.HttpMatch;
import io.signalbox.configservice.registry.VirtualService;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Conditions of rules: the static ones are decided here, the others become the contract's. */
final class Matches {
    private static final PathMatch EVERY_PATH =
            PathMatch.newBuilder().setPrefix("/").build();

    private Matches() {}

    /** Whether an HTTP block can hold for callers of the namespace; where it names gateways, these alone decide. */
    static boolean canHoldForHttp(CallerMatch match, int port, String callerNamespace) {
        if (match.port() != 0 && match.port() != port) {
            return false;
        }
        return match.gateways().isEmpty()
                ? isNamespace(match, callerNamespace)
                : match.gateways().contains(VirtualService.MESH);
    }

    /** Whether a TLS or TCP block can hold for callers of the namespace: everything that it says must. */
    static boolean canHoldForConnection(CallerMatch match, int port, String callerNamespace) {
        return (match.port() == 0 || match.port() == port)
                && isNamespace(match, callerNamespace)
                && (match.gateways().isEmpty() || match.gateways().contains(VirtualService.MESH));
    }

    private static boolean isNamespace(CallerMatch match, String callerNamespace) {
        return match.sourceNamespace().isEmpty() || match.sourceNamespace().equals(callerNamespace);
    }

    /** What of a block is left for the agent. */
    static RequestMatch of(HttpMatch match) {
        RequestMatch.Builder built = RequestMatch.newBuilder().setName(match.name());
        PathMatch path = path(match.uri(), match.ignoreUriCase());
        if (path != null) {
            built.setPath(path);
        }
        if (match.method() != null) {
            built.setMethod(text(match.method()));
        }
        if (match.scheme() != null) {
            built.setScheme(text(match.scheme()));
        }
        if (match.authority() != null) {
            built.setAuthority(text(match.authority()));
        }
        match.headers().forEach((name, value) -> built.addHeaders(named(name, value)));
        match.withoutHeaders().forEach((name, value) -> built.addWithoutHeaders(named(name, value)));
        match.queryParams().forEach((name, value) -> built.addQueryParams(named(name, value)));
        if (match.caller().gateways().isEmpty()) {
            built.addAllSourceLabels(labels(match.caller().sourceLabels()));
        }
        return built.build();
    }

    /** The same condition, with a prefix that takes every path where there is none: what a rewrite replaces. */
    static RequestMatch withPath(RequestMatch match) {
        return match.hasPath() ? match : match.toBuilder().setPath(EVERY_PATH).build();
    }

    /** Whether every request of every caller fulfils it. */
    static boolean takesAll(RequestMatch match) {
        boolean anyPath = !match.hasPath()
                || (match.getPath().hasPrefix()
                        && (match.getPath().getPrefix().isEmpty()
                                || match.getPath().getPrefix().equals("/")))
                || (match.getPath().hasSegmentPrefix()
                        && (match.getPath().getSegmentPrefix().isEmpty()
                                || match.getPath().getSegmentPrefix().equals("/")));
        return anyPath
                && !match.hasMethod()
                && !match.hasScheme()
                && !match.hasAuthority()
                && match.getHeadersCount() == 0
                && match.getWithoutHeadersCount() == 0
                && match.getQueryParamsCount() == 0
                && match.getSourceLabelsCount() == 0;
    }

    static List<Label> labels(Map<String, String> labels) {
        return labels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(label -> Label.newBuilder()
                        .setKey(label.getKey())
                        .setValue(label.getValue())
                        .build())
                .toList();
    }

    private static @Nullable PathMatch path(
            io.signalbox.configservice.registry.@Nullable StringMatch uri, boolean ignoreCase) {
        return switch (uri) {
            case null -> null;
            case io.signalbox.configservice.registry.StringMatch.Present _ -> null;
            case io.signalbox.configservice.registry.StringMatch.Exact(String value) ->
                PathMatch.newBuilder().setExact(value).setIgnoreCase(ignoreCase).build();
            case io.signalbox.configservice.registry.StringMatch.Prefix(String value) ->
                PathMatch.newBuilder()
                        .setPrefix(value.isEmpty() ? "/" : value)
                        .setIgnoreCase(ignoreCase)
                        .build();
            case io.signalbox.configservice.registry.StringMatch.Regex(String value) ->
                PathMatch.newBuilder().setRegex(value).build();
        };
    }

    private static NamedMatch named(String name, io.signalbox.configservice.registry.StringMatch value) {
        boolean present = value instanceof io.signalbox.configservice.registry.StringMatch.Regex(String regex)
                && regex.equals("*");
        return NamedMatch.newBuilder()
                .setName(name)
                .setValue(present ? StringMatch.newBuilder().setPresent(true).build() : text(value))
                .build();
    }

    static StringMatch text(io.signalbox.configservice.registry.StringMatch match) {
        return switch (match) {
            case io.signalbox.configservice.registry.StringMatch.Exact(String value) ->
                StringMatch.newBuilder().setExact(value).build();
            case io.signalbox.configservice.registry.StringMatch.Prefix(String value) ->
                StringMatch.newBuilder().setPrefix(value).build();
            case io.signalbox.configservice.registry.StringMatch.Regex(String value) ->
                StringMatch.newBuilder().setRegex(value).build();
            case io.signalbox.configservice.registry.StringMatch.Present _ ->
                StringMatch.newBuilder().setPresent(true).build();
        };
    }
}
