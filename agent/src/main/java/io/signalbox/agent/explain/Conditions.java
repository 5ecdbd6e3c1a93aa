package io.signalbox.agent.explain;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.NamedMatch;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.StringMatch;
import io.signalbox.agent.routing.RequestMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Conditions in words, each judged by {@link RequestMatcher}. */
final class Conditions {
    private final QueryRequest request;
    private final Caller caller;

    Conditions(QueryRequest request, Caller caller) {
        this.request = request;
        this.caller = caller;
    }

    /** What of a match the request does not fulfil, each as "wants ...; ...". */
    List<String> unmet(RequestMatch match) {
        List<String> unmet = new ArrayList<>();
        if (match.path() != null && !RequestMatcher.path(match.path(), request.path())) {
            unmet.add("wants the path " + text(match.path()) + "; it is '" + request.path() + "'");
        }
        text(unmet, "the method", match.method(), request.method());
        text(unmet, "the scheme", match.scheme(), request.scheme());
        text(unmet, "the authority", match.authority(), request.authority());
        for (NamedMatch header : match.headers()) {
            if (!RequestMatcher.header(header, request)) {
                unmet.add("wants header " + header.name() + " " + text(header.value()) + "; "
                        + actual(request.header(header.name()), "the request has "));
            }
        }
        for (NamedMatch header : match.withoutHeaders()) {
            if (!RequestMatcher.withoutHeader(header, request)) {
                unmet.add("wants header " + header.name() + " not " + text(header.value()) + "; "
                        + actual(request.header(header.name()), "the request has "));
            }
        }
        for (NamedMatch parameter : match.queryParams()) {
            if (!RequestMatcher.queryParam(parameter, request)) {
                unmet.add("wants query parameter " + parameter.name() + " " + text(parameter.value()) + "; "
                        + actual(RequestMatcher.queryParam(request.query(), parameter.name()), "the request has "));
            }
        }
        if (!caller.hasLabels(match.sourceLabels())) {
            unmet.add("is for callers with labels " + labels(match.sourceLabels()) + "; this one has "
                    + (caller.labels().isEmpty() ? "none" : labels(caller.labels())));
        }
        return unmet;
    }

    /** The conditions of a match, in short. */
    static String summary(RequestMatch match) {
        List<String> all = new ArrayList<>();
        if (match.path() != null) {
            all.add("the path " + fact(match.path()));
        }
        fact(all, "the method", match.method());
        fact(all, "the scheme", match.scheme());
        fact(all, "the authority", match.authority());
        for (NamedMatch header : match.headers()) {
            fact(all, "header " + header.name(), header.value());
        }
        for (NamedMatch header : match.withoutHeaders()) {
            all.add("nothing that is excluded stands in header " + header.name());
        }
        for (NamedMatch parameter : match.queryParams()) {
            fact(all, "query parameter " + parameter.name(), parameter.value());
        }
        if (!match.sourceLabels().isEmpty()) {
            all.add("the caller has labels " + labels(match.sourceLabels()));
        }
        return String.join(", ", all);
    }

    private static void fact(List<String> all, String what, @Nullable StringMatch match) {
        if (match != null) {
            all.add(what + " "
                    + switch (match) {
                        case StringMatch.Exact(String exact) -> "is '" + exact + "'";
                        case StringMatch.Prefix(String prefix) -> "begins with '" + prefix + "'";
                        case StringMatch.Regex(var pattern) -> "matches '" + pattern.pattern() + "'";
                        case StringMatch.Present present -> "is there";
                    });
        }
    }

    private static String fact(PathMatch match) {
        return switch (match) {
            case PathMatch.Exact(String path, boolean ignoreCase) -> "is '" + path + "'";
            case PathMatch.Prefix(String prefix, boolean ignoreCase) -> "begins with '" + prefix + "'";
            case PathMatch.SegmentPrefix(String prefix) -> "is '" + (prefix.isEmpty() ? "/" : prefix) + "' or below it";
            case PathMatch.Regex(var pattern) -> "matches '" + pattern.pattern() + "'";
        };
    }

    private static void text(List<String> unmet, String what, @Nullable StringMatch match, String actual) {
        if (match != null && !RequestMatcher.matches(match, actual)) {
            unmet.add("wants " + what + " " + text(match) + "; it is '" + actual + "'");
        }
    }

    private static String actual(@Nullable String value, String before) {
        return before + (value == null ? "none" : "'" + value + "'");
    }

    static String text(StringMatch match) {
        return switch (match) {
            case StringMatch.Exact(String exact) -> "to be '" + exact + "'";
            case StringMatch.Prefix(String prefix) -> "to begin with '" + prefix + "'";
            case StringMatch.Regex(var pattern) -> "to match '" + pattern.pattern() + "' as a whole";
            case StringMatch.Present present -> "to be there";
        };
    }

    private static String text(PathMatch match) {
        return switch (match) {
            case PathMatch.Exact(String path, boolean ignoreCase) ->
                "to be exactly '" + path + "'" + caseless(ignoreCase);
            case PathMatch.Prefix(String prefix, boolean ignoreCase) ->
                "to begin with '" + prefix + "'" + caseless(ignoreCase);
            case PathMatch.SegmentPrefix(String prefix) ->
                "to be '" + (prefix.isEmpty() ? "/" : prefix) + "' or below it";
            case PathMatch.Regex(var pattern) -> "to match '" + pattern.pattern() + "' as a whole";
        };
    }

    private static String caseless(boolean ignoreCase) {
        return ignoreCase ? " in any case" : "";
    }

    /** {@code app=web, version=v1}. */
    static String labels(Map<String, String> labels) {
        List<String> all = new ArrayList<>();
        new TreeMap<>(labels).forEach((key, value) -> all.add(key + "=" + value));
        return String.join(", ", all);
    }
}
