package io.signalbox.agent.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on a request that must all hold.
 *
 * @param name for people; empty: none
 * @param path null: any
 * @param method null: any
 * @param scheme null: any
 * @param authority on the raw value, with case and port; null: any
 * @param headers all must hold; several values of a name are joined with a comma first
 * @param withoutHeaders none may hold; an absent header counts as the empty string, but {@link StringMatch.Present}
 *     asks for its absence
 * @param queryParams on the first value of the key, not decoded
 * @param sourceLabels labels that the caller must have
 */
public record RequestMatch(
        String name,
        @Nullable PathMatch path,
        @Nullable StringMatch method,
        @Nullable StringMatch scheme,
        @Nullable StringMatch authority,
        List<NamedMatch> headers,
        List<NamedMatch> withoutHeaders,
        List<NamedMatch> queryParams,
        Map<String, String> sourceLabels) {
    public RequestMatch {
        headers = List.copyOf(headers);
        withoutHeaders = List.copyOf(withoutHeaders);
        queryParams = List.copyOf(queryParams);
        sourceLabels = Map.copyOf(sourceLabels);
    }
}
