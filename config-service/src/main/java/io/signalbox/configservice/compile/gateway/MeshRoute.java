package io.signalbox.configservice.compile.gateway;

import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.ParentRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A route of any kind.
 *
 * @param object the route
 * @param parents what it hangs on
 */
record MeshRoute(RegistryObject object, List<ParentRef> parents) {
    /** Oldest first, then by namespace and name. */
    static final Comparator<MeshRoute> ORDER = Comparator.comparing(
                    (MeshRoute route) -> route.metadata().creationTimestamp())
            .thenComparing(route -> route.metadata().namespace())
            .thenComparing(route -> route.metadata().name());

    /** Kinds in the order in which one excludes the next at the same port of a Service. */
    static final List<String> PREFERENCE = List.of(GrpcRoute.KIND, HttpRoute.KIND, TlsRoute.KIND, TcpRoute.KIND);

    static List<MeshRoute> of(Registry registry) {
        List<MeshRoute> routes = new ArrayList<>();
        registry.httpRoutes().values().forEach(route -> routes.add(new MeshRoute(route, route.parentRefs())));
        registry.grpcRoutes().values().forEach(route -> routes.add(new MeshRoute(route, route.parentRefs())));
        registry.tlsRoutes().values().forEach(route -> routes.add(new MeshRoute(route, route.parentRefs())));
        registry.tcpRoutes().values().forEach(route -> routes.add(new MeshRoute(route, route.parentRefs())));
        routes.sort(ORDER);
        return routes;
    }

    ObjectMeta metadata() {
        return object.metadata();
    }

    ObjectRef ref() {
        return object.ref();
    }

    String namespace() {
        return object.metadata().namespace();
    }
}
