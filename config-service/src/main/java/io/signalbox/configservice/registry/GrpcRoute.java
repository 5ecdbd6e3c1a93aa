package io.signalbox.configservice.registry;

import java.util.List;

/**
 * A Gateway API GRPCRoute.
 *
 * @param hostnames lower-case; they do not count where the parent is a Service
 */
public record GrpcRoute(ObjectMeta metadata, List<ParentRef> parentRefs, List<String> hostnames, List<Rule> rules)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "GRPCRoute";

    public GrpcRoute {
        parentRefs = List.copyOf(parentRefs);
        hostnames = List.copyOf(hostnames);
        rules = List.copyOf(rules);
    }

    /**
     * A rule.
     *
     * @param name empty: none
     * @param matches one must fit; empty: every call does
     * @param filters in the order of the declaration
     * @param backendRefs empty: none
     */
    public record Rule(
            String name, List<Match> matches, List<RouteFilter> filters, List<HttpRoute.Backend> backendRefs) {
        public Rule {
            matches = List.copyOf(matches);
            filters = List.copyOf(filters);
            backendRefs = List.copyOf(backendRefs);
        }
    }

    /**
     * Conditions on a call: all must hold.
     *
     * @param service full name or expression; empty: any
     * @param method name or expression; empty: any
     * @param regex whether service and method are expressions
     * @param headers in the order of the declaration; of two for one name the first counts
     */
    public record Match(String service, String method, boolean regex, List<HttpRoute.NamedMatch> headers) {
        public Match {
            headers = List.copyOf(headers);
        }
    }
}
