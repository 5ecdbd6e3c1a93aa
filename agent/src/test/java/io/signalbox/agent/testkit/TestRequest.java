package io.signalbox.agent.testkit;

import io.signalbox.agent.routing.RequestAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as conditions look at it.
 *
 * @param target path with query
 * @param headers by lower-case name
 */
public record TestRequest(
        CharSequence method, CharSequence authority, String target, CharSequence scheme, Map<String, String> headers)
        implements RequestAttributes {
    /** A GET. */
    public static TestRequest get(String authority, String target) {
        return new TestRequest("GET", authority, target, "http", Map.of());
    }

    /** The same with another method. */
    public TestRequest withMethod(String other) {
        return new TestRequest(other, authority, target, scheme, headers);
    }

    /** The same with another header. */
    public TestRequest with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new TestRequest(method, authority, target, scheme, more);
    }

    @Override
    public CharSequence path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    @Override
    public @Nullable CharSequence query() {
        int query = target.indexOf('?');
        return query < 0 ? null : target.substring(query + 1);
    }

    @Override
    public @Nullable CharSequence header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }
}
