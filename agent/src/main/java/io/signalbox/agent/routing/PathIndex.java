package io.signalbox.agent.routing;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.PathMatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first of many route matches that a request fulfils, looking only at those whose path can fit. Exact paths
 * and prefixes stand in tries; regular expressions and matches without a path are tried one by one. Immutable.
 */
final class PathIndex {
    private final RouteMatch[] candidates;
    private final PathTrie exactCase;
    private final PathTrie anyCase;
    private final int[] others;

    /** @param ordered the first that fits decides */
    PathIndex(List<RouteMatch> ordered) {
        candidates = ordered.toArray(RouteMatch[]::new);
        PathTrie.Builder withCase = new PathTrie.Builder(false);
        PathTrie.Builder withoutCase = new PathTrie.Builder(true);
        List<Integer> rest = new ArrayList<>();
        for (int i = 0; i < candidates.length; i++) {
            switch (candidates[i].path()) {
                case PathMatch.Exact exact ->
                    (exact.ignoreCase() ? withoutCase : withCase).add(exact.path(), PathTrie.Kind.EXACT, i);
                case PathMatch.Prefix prefix ->
                    (prefix.ignoreCase() ? withoutCase : withCase).add(prefix.prefix(), PathTrie.Kind.PREFIX, i);
                case PathMatch.SegmentPrefix segments -> withCase.add(segments.prefix(), PathTrie.Kind.SEGMENTS, i);
                case PathMatch.Regex regex -> rest.add(i);
                case null -> rest.add(i);
            }
            if (candidates[i].isUnconditional()) {
                break; // what stands behind it is never reached
            }
        }
        exactCase = withCase.build();
        anyCase = withoutCase.build();
        others = rest.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The first that the request fulfils; null when there is none. Makes no object but for regular expressions. */
    @Nullable
    RouteMatch find(RequestAttributes request, Caller caller) {
        int best = candidates.length;
        CharSequence path = request.path();
        best = exactCase.first(path, best, this, request, caller);
        best = anyCase.first(path, best, this, request, caller);
        for (int index : others) {
            if (index >= best) {
                break;
            }
            PathMatch regex = candidates[index].path();
            if (candidates[index].matchesBesidesPath(request, caller)
                    && (regex == null || RequestMatcher.path(regex, request.path()))) {
                best = index;
                break;
            }
        }
        return best == candidates.length ? null : candidates[best];
    }

    /** The least index of an ascending list that is below a bound and whose match is fulfilled; else the bound. */
    int first(int[] indexes, int bound, RequestAttributes request, Caller caller) {
        for (int index : indexes) {
            if (index >= bound) {
                break;
            }
            if (candidates[index].matchesBesidesPath(request, caller)) {
                return index;
            }
        }
        return bound;
    }
}
