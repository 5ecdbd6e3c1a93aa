package io.signalbox.configservice.compile.gateway;

import io.signalbox.config.v1.WeightedBackend;
import io.signalbox.configservice.compile.backends.Destinations;
import io.signalbox.configservice.compile.services.ServiceTable;
import io.signalbox.configservice.registry.BackendRef;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.ReferenceGrant;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.Service;
import org.jspecify.annotations.Nullable;

/** Decides what a backend reference means, and whether it may mean that. */
final class References {
    private static final String GROUP = "gateway.networking.k8s.io";

    private final Registry registry;
    private final ServiceTable services;

    References(Registry registry, ServiceTable services) {
        this.registry = registry;
        this.services = services;
    }

    /** Full host name of the Service that a reference names. */
    String host(BackendRef ref, String routeNamespace) {
        return host(ref.name(), ref.namespace().isEmpty() ? routeNamespace : ref.namespace());
    }

    /** Full host name of a Service. */
    String host(String name, String namespace) {
        return name + "." + namespace + ".svc." + services.clusterDomain();
    }

    /** What is wrong with a reference; null: nothing. */
    RouteStatus.@Nullable Condition problem(BackendRef ref, ObjectRef route) {
        if (!ref.group().isEmpty() || !ref.kind().equals(Service.KIND)) {
            return new RouteStatus.Condition(
                    false, "InvalidKind", ref.kind() + " " + ref.name() + " is no Service (expected: a Service)");
        }
        String namespace = ref.namespace().isEmpty() ? route.namespace() : ref.namespace();
        if (!namespace.equals(route.namespace()) && !isGranted(ref, namespace, route)) {
            return new RouteStatus.Condition(
                    false,
                    "RefNotPermitted",
                    "no ReferenceGrant in " + namespace + " lets " + route + " name Service " + namespace + "/"
                            + ref.name());
        }
        ObjectRef service = new ObjectRef(Service.KIND, namespace, ref.name());
        if (!registry.services().containsKey(service)) {
            return new RouteStatus.Condition(false, "BackendNotFound", "there is no " + service);
        }
        if (services.of(service).stream().noneMatch(known -> known.port(ref.port()) != null)
                && services.alias(host(ref, route.namespace())) == null) {
            return new RouteStatus.Condition(false, "BackendNotFound", service + " has no port " + ref.port());
        }
        return null;
    }

    private boolean isGranted(BackendRef ref, String namespace, ObjectRef route) {
        for (ReferenceGrant grant : registry.referenceGrants().values()) {
            if (grant.metadata().namespace().equals(namespace)
                    && grant.from().stream()
                            .anyMatch(from -> from.group().equals(GROUP)
                                    && from.kind().equals(route.kind())
                                    && from.namespace().equals(route.namespace()))
                    && grant.to().stream()
                            .anyMatch(to -> to.group().isEmpty()
                                    && to.kind().equals(Service.KIND)
                                    && (to.name().isEmpty() || to.name().equals(ref.name())))) {
                return true;
            }
        }
        return false;
    }

    /** The backend that a reference names, with its weight. */
    WeightedBackend.Builder to(BackendRef ref, ObjectRef route, Destinations destinations) {
        RouteStatus.Condition problem = problem(ref, route);
        String host = host(ref, route.namespace());
        return (problem == null
                        ? destinations.to(host, ref.port(), "")
                        : Destinations.unknown(host, ref.port(), problem.message()))
                .setWeight(ref.weight());
    }
}
