package io.signalbox.configservice.registry;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on a request: all must hold. What is absent is not looked at.
 *
 * @param name for logs; may be empty
 * @param uri on the path without query
 * @param ignoreUriCase whether {@code uri}, if exact or prefix, ignores case
 * @param scheme on {@code http} or {@code https}
 * @param method on the method
 * @param authority on Host as the client sent it
 * @param headers by header name, lower-case
 * @param withoutHeaders by header name, lower-case: must not hold
 * @param queryParams by key, on the first value
 * @param caller conditions on who asks and where
 * @param statPrefix for metrics; may be empty
 */
public record HttpMatch(
        String name,
        @Nullable StringMatch uri,
        boolean ignoreUriCase,
        @Nullable StringMatch scheme,
        @Nullable StringMatch method,
        @Nullable StringMatch authority,
        Map<String, StringMatch> headers,
        Map<String, StringMatch> withoutHeaders,
        Map<String, StringMatch> queryParams,
        CallerMatch caller,
        String statPrefix) {
    public HttpMatch {
        headers = Collections.unmodifiableMap(new TreeMap<>(headers));
        withoutHeaders = Collections.unmodifiableMap(new TreeMap<>(withoutHeaders));
        queryParams = Collections.unmodifiableMap(new TreeMap<>(queryParams));
    }
}
