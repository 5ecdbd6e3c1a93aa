package io.signalbox.configservice.registry;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An Istio VirtualService.
 *
 * @param hosts as declared, lower-case: short names, full names, {@code *.} and a suffix; empty for a delegate
 * @param gateways as declared; empty: not declared, which means {@code mesh}
 * @param exportTo as declared: {@code .}, {@code *}, {@code ~} or namespaces; empty: not declared
 * @param http rules for HTTP, first match wins
 * @param tls rules for TLS that is not terminated
 * @param tcp rules for everything else
 */
public record VirtualService(
        ObjectMeta metadata,
        List<String> hosts,
        List<String> gateways,
        List<String> exportTo,
        List<HttpRule> http,
        List<TlsRule> tls,
        List<TcpRule> tcp)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "VirtualService";

    /** The reserved gateway name that means every workload of the mesh. */
    public static final String MESH = "mesh";

    public VirtualService {
        hosts = List.copyOf(hosts);
        gateways = List.copyOf(gateways);
        exportTo = List.copyOf(exportTo);
        http = List.copyOf(http);
        tls = List.copyOf(tls);
        tcp = List.copyOf(tcp);
    }

    /** Whether its rules are for workloads of the mesh (and not for gateways only). */
    public boolean isForMesh() {
        return gateways.isEmpty() || gateways.contains(MESH);
    }

    /**
     * A rule for HTTP. Exactly one of route, redirect, direct response and delegate is declared.
     *
     * @param name for logs; may be empty
     * @param match one must fit; empty: every request does
     * @param route destinations; empty: not declared
     * @param delegate the VirtualService that has the rules instead of this one
     * @param timeout zero: none; absent: the default, which is none
     * @param retries absent: the default
     * @param mirrors where copies go, whether declared as one or as a list
     * @param headers what is done to the headers
     */
    public record HttpRule(
            String name,
            List<HttpMatch> match,
            List<RouteDestination> route,
            @Nullable HttpRedirect redirect,
            @Nullable DirectResponse directResponse,
            @Nullable Delegate delegate,
            @Nullable HttpRewrite rewrite,
            @Nullable Duration timeout,
            @Nullable Retries retries,
            @Nullable Fault fault,
            List<Mirror> mirrors,
            @Nullable CorsPolicy corsPolicy,
            Headers headers) {
        public HttpRule {
            match = List.copyOf(match);
            route = List.copyOf(route);
            mirrors = List.copyOf(mirrors);
        }
    }

    /**
     * Names the VirtualService that has the rules.
     *
     * @param namespace empty: the namespace of the one that names it
     */
    public record Delegate(String name, String namespace) {}

    /**
     * An answer without a backend.
     *
     * @param status HTTP status
     * @param body its bytes, as text or as declared in base 64; absent: none
     */
    public record DirectResponse(int status, @Nullable Body body) {}

    /** The body of an answer. */
    public sealed interface Body {
        /** In UTF-8. */
        record Text(String value) implements Body {}

        /** In base 64. */
        record Base64(String value) implements Body {}
    }

    /**
     * A copy of the traffic.
     *
     * @param percentage of the requests, 0 to 100; 100 when not declared
     */
    public record Mirror(Destination destination, double percentage) {}

    /**
     * A rule for TLS that is not terminated.
     *
     * @param match one must fit; at least one is declared
     */
    public record TlsRule(List<L4Match> match, List<RouteDestination> route) {
        public TlsRule {
            match = List.copyOf(match);
            route = List.copyOf(route);
        }
    }

    /**
     * A rule for opaque bytes.
     *
     * @param match one must fit; empty: every connection does
     */
    public record TcpRule(List<L4Match> match, List<RouteDestination> route) {
        public TcpRule {
            match = List.copyOf(match);
            route = List.copyOf(route);
        }
    }

    /**
     * Conditions on a connection: all must hold.
     *
     * @param sniHosts one must fit, lower-case; empty in TCP rules
     * @param destinationSubnets one must contain the original destination; empty: any
     * @param caller conditions on who asks and where
     */
    public record L4Match(List<String> sniHosts, List<Cidr> destinationSubnets, CallerMatch caller) {
        public L4Match {
            sniHosts = List.copyOf(sniHosts);
            destinationSubnets = List.copyOf(destinationSubnets);
        }
    }
}
