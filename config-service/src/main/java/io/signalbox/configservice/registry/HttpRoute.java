package io.signalbox.configservice.registry;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Gateway API HTTPRoute.
 *
 * @param hostnames lower-case; they do not count where the parent is a Service
 */
public record HttpRoute(ObjectMeta metadata, List<ParentRef> parentRefs, List<String> hostnames, List<Rule> rules)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "HTTPRoute";

    public HttpRoute {
        parentRefs = List.copyOf(parentRefs);
        hostnames = List.copyOf(hostnames);
        rules = List.copyOf(rules);
    }

    /**
     * A rule.
     *
     * @param name empty: none
     * @param matches one must fit; empty: every request does
     * @param filters in the order of the declaration
     * @param backendRefs empty: none
     */
    public record Rule(
            String name,
            List<Match> matches,
            List<RouteFilter> filters,
            List<Backend> backendRefs,
            Timeouts timeouts,
            @Nullable Retry retry) {
        public Rule {
            matches = List.copyOf(matches);
            filters = List.copyOf(filters);
            backendRefs = List.copyOf(backendRefs);
        }
    }

    /**
     * Conditions on a request: all must hold.
     *
     * @param headers in the order of the declaration; of two for one name the first counts
     * @param queryParams in the order of the declaration; of two for one name the first counts
     * @param method empty: any
     */
    public record Match(PathMatch path, List<NamedMatch> headers, List<NamedMatch> queryParams, String method) {
        public Match {
            headers = List.copyOf(headers);
            queryParams = List.copyOf(queryParams);
        }
    }

    /**
     * A condition on the path.
     *
     * @param value such as {@code /}, which is the default with {@link Type#PATH_PREFIX}
     */
    public record PathMatch(Type type, String value) {
        /** How the value is compared. */
        public enum Type {
            EXACT,
            /** By segment. */
            PATH_PREFIX,
            REGULAR_EXPRESSION
        }
    }

    /**
     * A condition on a header or query parameter.
     *
     * @param name of a header without regard to case
     * @param value {@link StringMatch.Exact} or {@link StringMatch.Regex}
     */
    public record NamedMatch(String name, StringMatch value) {}

    /**
     * A backend.
     *
     * @param filters for requests that go to it
     */
    public record Backend(BackendRef ref, List<RouteFilter> filters) {
        public Backend {
            filters = List.copyOf(filters);
        }
    }

    /**
     * Limits of time; zero: none.
     *
     * @param request from request to response, all tries together; absent: not declared
     * @param backendRequest of one try; absent: not declared
     */
    public record Timeouts(
            @Nullable Duration request, @Nullable Duration backendRequest) {
        /** Not declared. */
        public static final Timeouts NONE = new Timeouts(null, null);
    }

    /**
     * How a failed request is tried again.
     *
     * @param codes statuses to retry, beside failures to connect
     * @param attempts tries after the first; absent: the default
     * @param backoff least pause between tries; absent: the default
     */
    public record Retry(
            List<Integer> codes,
            @Nullable Integer attempts,
            @Nullable Duration backoff) {
        public Retry {
            codes = List.copyOf(codes);
        }
    }
}
