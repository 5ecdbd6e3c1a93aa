package io.signalbox.configservice.compile.review;

import io.signalbox.configservice.compile.gateway.RouteStatus;
import io.signalbox.configservice.compile.port.Findings;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.services.PortProtocol;
import io.signalbox.configservice.registry.BackendRef;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RouteFilter;
import io.signalbox.configservice.registry.Service;
import java.util.List;

/** Routes of the Gateway API: what their status says, as findings. */
final class RouteReview {
    private RouteReview() {}

    static void review(Registry registry, Model model, Findings findings) {
        for (RouteStatus status : model.routeStatuses()) {
            if (status.parents().isEmpty()) {
                findings.inform(
                        status.route(),
                        "spec.parentRefs",
                        "names no Service, so workloads do not get this route; add one if they should");
            }
            for (int i = 0; i < status.parents().size(); i++) {
                RouteStatus.Parent parent = status.parents().get(i);
                if (!parent.accepted().holds()) {
                    findings.warn(
                            status.route(),
                            "spec.parentRefs",
                            "not accepted at Service " + parent.parent().name() + ": "
                                    + parent.accepted().message());
                }
                if (i == 0 && !parent.resolvedRefs().holds()) {
                    findings.warn(
                            status.route(),
                            "spec.rules",
                            parent.resolvedRefs().message() + ": what is sent there fails");
                }
            }
        }
        for (HttpRoute route : registry.httpRoutes().values()) {
            for (int i = 0; i < route.rules().size(); i++) {
                reviewFilters(route.ref(), route.rules().get(i).backendRefs(), i, findings);
            }
            if (!route.hostnames().isEmpty()) {
                findings.inform(route.ref(), "spec.hostnames", "do not count where the parent is a Service");
            }
        }
        for (GrpcRoute route : registry.grpcRoutes().values()) {
            for (int i = 0; i < route.rules().size(); i++) {
                reviewFilters(route.ref(), route.rules().get(i).backendRefs(), i, findings);
                reviewPorts(route.ref(), route.rules().get(i).backendRefs(), i, model, findings);
            }
        }
    }

    /** gRPC towards a port that is declared as HTTP/1.1 is translated, and hardly any server understands it then. */
    private static void reviewPorts(
            ObjectRef route, List<HttpRoute.Backend> backends, int rule, Model model, Findings findings) {
        for (int i = 0; i < backends.size(); i++) {
            BackendRef ref = backends.get(i).ref();
            String namespace = ref.namespace().isEmpty() ? route.namespace() : ref.namespace();
            boolean http1 = model.services().of(new ObjectRef(Service.KIND, namespace, ref.name())).stream()
                    .map(service -> service.port(ref.port()))
                    .anyMatch(port -> port != null && port.protocol() == PortProtocol.HTTP);
            if (http1) {
                findings.warn(
                        route,
                        "spec.rules[" + rule + "].backendRefs[" + i + "].port",
                        ref.port()
                                + " is declared as HTTP/1.1, in which gRPC goes out and fails unless a DestinationRule"
                                + " says h2UpgradePolicy UPGRADE; declare it as grpc");
            }
        }
    }

    private static void reviewFilters(ObjectRef route, List<HttpRoute.Backend> backends, int rule, Findings findings) {
        for (int i = 0; i < backends.size(); i++) {
            for (int j = 0; j < backends.get(i).filters().size(); j++) {
                RouteFilter filter = backends.get(i).filters().get(j);
                if (!(filter instanceof RouteFilter.RequestHeaders || filter instanceof RouteFilter.ResponseHeaders)) {
                    findings.warn(
                            route,
                            "spec.rules[" + rule + "].backendRefs[" + i + "].filters[" + j + "]",
                            "is not supported at a backend and has no effect; move it to the rule");
                }
            }
        }
    }
}
