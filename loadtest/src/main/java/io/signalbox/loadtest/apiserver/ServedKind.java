package io.signalbox.loadtest.apiserver;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A kind of objects that the API server knows.
 *
 * @param group such as {@code discovery.k8s.io}; empty for the core
 * @param version that is served
 * @param kind such as {@code EndpointSlice}
 * @param plural such as {@code endpointslices}
 * @param namespaced whether its objects are in namespaces
 * @param custom whether a CustomResourceDefinition brings it
 */
public record ServedKind(String group, String version, String kind, String plural, boolean namespaced, boolean custom) {
    private static final String ISTIO = "networking.istio.io";
    private static final String GATEWAY = "gateway.networking.k8s.io";

    /** All of them. */
    public static final List<ServedKind> ALL = Stream.of(
                    Stream.of(
                            new ServedKind("", "v1", "Namespace", "namespaces", false, false),
                            new ServedKind("", "v1", "Node", "nodes", false, false)),
                    builtIn(
                            "",
                            "v1",
                            "Pod:pods",
                            "Service:services",
                            "Event:events",
                            "Secret:secrets",
                            "ConfigMap:configmaps",
                            "ServiceAccount:serviceaccounts"),
                    builtIn("discovery.k8s.io", "v1", "EndpointSlice:endpointslices"),
                    builtIn("coordination.k8s.io", "v1", "Lease:leases"),
                    builtIn("events.k8s.io", "v1", "Event:events"),
                    custom(
                            ISTIO,
                            "v1",
                            "VirtualService:virtualservices",
                            "DestinationRule:destinationrules",
                            "ServiceEntry:serviceentries",
                            "WorkloadEntry:workloadentries",
                            "Sidecar:sidecars"),
                    custom(GATEWAY, "v1", "HTTPRoute:httproutes", "GRPCRoute:grpcroutes"),
                    custom(GATEWAY, "v1alpha2", "TCPRoute:tcproutes", "TLSRoute:tlsroutes"),
                    custom(GATEWAY, "v1beta1", "ReferenceGrant:referencegrants"))
            .flatMap(kinds -> kinds)
            .toList();

    /** The one with that {@code apiVersion} and {@code kind}; empty when it is not known. */
    public static Optional<ServedKind> of(String apiVersion, String kind) {
        return ALL.stream()
                .filter(one -> one.apiVersion().equals(apiVersion) && one.kind().equals(kind))
                .findFirst();
    }

    /** What an object says in {@code apiVersion}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** Path of its objects in that namespace, which counts for namespaced kinds only. */
    public String collection(String namespace) {
        return (group.isEmpty() ? "/api/" : "/apis/") + apiVersion()
                + (namespaced ? "/namespaces/" + namespace : "")
                + "/" + plural;
    }

    private static Stream<ServedKind> builtIn(String group, String version, String... kindsAndPlurals) {
        return all(group, version, false, kindsAndPlurals);
    }

    private static Stream<ServedKind> custom(String group, String version, String... kindsAndPlurals) {
        return all(group, version, true, kindsAndPlurals);
    }

    private static Stream<ServedKind> all(String group, String version, boolean custom, String... kindsAndPlurals) {
        return Arrays.stream(kindsAndPlurals).map(text -> {
            int colon = text.indexOf(':');
            return new ServedKind(group, version, text.substring(0, colon), text.substring(colon + 1), true, custom);
        });
    }
}
