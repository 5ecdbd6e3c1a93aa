package io.signalbox.agent.routing;

import io.signalbox.agent.model.NamedMatch;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.StringMatch;
import org.jspecify.annotations.Nullable;

/** Single conditions on requests. None makes an object but for regular expressions, which take linear time. */
public final class RequestMatcher {
    private RequestMatcher() {}

    /** A condition on a path without query. */
    public static boolean path(PathMatch match, CharSequence path) {
        int length = path.length();
        return switch (match) {
            case PathMatch.Exact exact ->
                length == exact.path().length() && startsWith(path, exact.path(), exact.ignoreCase());
            case PathMatch.Prefix prefix -> startsWith(path, prefix.prefix(), prefix.ignoreCase());
            case PathMatch.SegmentPrefix segments -> {
                int end = segments.prefix().length();
                yield startsWith(path, segments.prefix(), false) && (length == end || path.charAt(end) == '/');
            }
            case PathMatch.Regex regex -> regex.pattern().matches(path.toString());
        };
    }

    /** A condition on a header: it must be there, and its value must fit. */
    public static boolean header(NamedMatch match, RequestAttributes request) {
        CharSequence value = request.header(match.name());
        return value != null && matches(match.value(), value);
    }

    /** The negation of a condition on a header; an absent one counts as empty, or asked for presence as absent. */
    public static boolean withoutHeader(NamedMatch match, RequestAttributes request) {
        CharSequence value = request.header(match.name());
        if (match.value() instanceof StringMatch.Present) {
            return value == null;
        }
        return !matches(match.value(), value == null ? "" : value);
    }

    /** A condition on the first value of a query parameter, not decoded. */
    public static boolean queryParam(NamedMatch match, RequestAttributes request) {
        CharSequence query = request.query();
        int from = query == null ? -1 : valueOf(query, match.name());
        return query != null && from >= 0 && matches(match.value(), query, from, valueEnd(query, from));
    }

    /** The first value of a query parameter, not decoded; null when it is absent. */
    public static @Nullable String queryParam(@Nullable CharSequence query, String name) {
        int from = query == null ? -1 : valueOf(query, name);
        return query == null || from < 0
                ? null
                : query.subSequence(from, valueEnd(query, from)).toString();
    }

    /** A condition on text. */
    public static boolean matches(StringMatch match, CharSequence text) {
        return matches(match, text, 0, text.length());
    }

    private static boolean matches(StringMatch match, CharSequence text, int from, int to) {
        return switch (match) {
            case StringMatch.Exact exact -> to - from == exact.text().length() && regionIs(text, from, exact.text());
            case StringMatch.Prefix prefix ->
                to - from >= prefix.text().length() && regionIs(text, from, prefix.text());
            case StringMatch.Regex regex ->
                regex.pattern().matches(text.subSequence(from, to).toString());
            case StringMatch.Present present -> true;
        };
    }

    private static boolean regionIs(CharSequence text, int from, String expected) {
        for (int i = 0; i < expected.length(); i++) {
            if (text.charAt(from + i) != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWith(CharSequence text, String prefix, boolean ignoreCase) {
        if (text.length() < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            char actual = text.charAt(i);
            char expected = prefix.charAt(i);
            if (actual != expected && !(ignoreCase && HostName.lower(actual) == HostName.lower(expected))) {
                return false;
            }
        }
        return true;
    }

    /** Where the first value of a parameter begins; -1 when there is none. */
    private static int valueOf(CharSequence query, String name) {
        int length = query.length();
        int at = 0;
        while (at <= length - name.length()) {
            int end = valueEnd(query, at);
            int afterName = at + name.length();
            if (afterName <= end && regionIs(query, at, name)) {
                if (afterName == end) {
                    return end;
                }
                if (query.charAt(afterName) == '=') {
                    return afterName + 1;
                }
            }
            at = end + 1;
        }
        return -1;
    }

    private static int valueEnd(CharSequence query, int from) {
        int at = from;
        while (at < query.length() && query.charAt(at) != '&') {
            at++;
        }
        return at;
    }
}
