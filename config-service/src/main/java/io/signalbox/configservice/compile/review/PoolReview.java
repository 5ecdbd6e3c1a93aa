package io.signalbox.configservice.compile.review;

import io.signalbox.config.v1.Backend;
import io.signalbox.config.v1.Discovery;
import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.compile.port.Findings;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.snapshot.PortResources;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Backends that are too small for what their rule says; looked at again whenever endpoints change. */
public final class PoolReview {
    private PoolReview() {}

    /** What there is to say about the compiled ports, without places: one finding per rule. */
    public static List<Problem> of(Collection<PortResources> ports) {
        Findings findings = new Findings();
        Set<ObjectRef> told = new HashSet<>();
        for (PortResources port : ports) {
            for (Resource resource : port.resources()) {
                if (resource.hasBackend() && resource.getBackend().hasOutlierDetection()) {
                    review(resource.getBackend(), told, findings);
                }
            }
        }
        return findings.all();
    }

    private static void review(Backend backend, Set<ObjectRef> told, Findings findings) {
        int percent = backend.getOutlierDetection().getMaxEjectionPercent();
        int endpoints = backend.getEndpointsCount();
        ObjectRef rule = new ObjectRef(
                backend.getPolicyRule().getKind(),
                backend.getPolicyRule().getNamespace(),
                backend.getPolicyRule().getName());
        if (backend.getDiscovery() == Discovery.DISCOVERY_STATIC
                && endpoints > 0
                && endpoints * percent < 100
                && told.add(rule)) {
            findings.warn(
                    rule,
                    "spec.trafficPolicy.outlierDetection.maxEjectionPercent",
                    percent + " percent of the " + endpoints + " endpoints of " + backend.getName()
                            + " is less than one, so none is ever ejected; raise it to at least "
                            + (100 + endpoints - 1) / endpoints);
        }
    }
}
