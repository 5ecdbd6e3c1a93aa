package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.Namespace;
import io.signalbox.configservice.registry.Node;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.ReferenceGrant;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.registry.Sidecar;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import io.signalbox.configservice.registry.VirtualService;
import io.signalbox.configservice.registry.WorkloadEntry;

/** Decides about one object at a time, by that object alone. Stateless: usable on any thread. */
public final class Validator {
    /** Accepts the object, perhaps with warnings, or refuses it with everything that is wrong with it. */
    public Validated validate(RegistryObject object) {
        Findings findings = new Findings(object.ref());
        names(object, findings);
        switch (object) {
            case Namespace _, Node _, Pod _ -> {}
            case Service service -> new CoreRules(findings).check(service);
            case EndpointSlice slice -> new CoreRules(findings).check(slice);
            case VirtualService service -> new VirtualServiceRules(service, findings).check();
            case DestinationRule rule -> new DestinationRuleRules(rule, findings).check();
            case ServiceEntry entry -> new ServiceEntryRules(findings).check(entry);
            case WorkloadEntry entry -> new ServiceEntryRules(findings).endpoint(entry.endpoint(), "spec", true);
            case Sidecar sidecar -> new SidecarRules(findings).check(sidecar);
            case HttpRoute route -> new GatewayRules(findings).check(route);
            case GrpcRoute route -> new GatewayRules(findings).check(route);
            case TcpRoute route -> new GatewayRules(findings).check(route);
            case TlsRoute route -> new GatewayRules(findings).check(route);
            case ReferenceGrant grant -> new GatewayRules(findings).check(grant);
        }
        return findings.hasErrors()
                ? new Validated.Refused(object.ref(), findings.problems())
                : new Validated.Accepted(object, findings.problems());
    }

    private static void names(RegistryObject object, Findings findings) {
        ObjectMeta metadata = object.metadata();
        switch (object) {
            case Namespace _ -> findings.check("metadata.name", Names.namespace(metadata.name()));
            case Node _ -> findings.check("metadata.name", Names.object(metadata.name()));
            case Service _ -> findings.check("metadata.namespace", Names.namespace(metadata.namespace()));
            case EndpointSlice _,
                    Pod _,
                    VirtualService _,
                    DestinationRule _,
                    ServiceEntry _,
                    WorkloadEntry _,
                    Sidecar _,
                    HttpRoute _,
                    GrpcRoute _,
                    TcpRoute _,
                    TlsRoute _,
                    ReferenceGrant _ -> {
                findings.check("metadata.name", Names.object(metadata.name()));
                findings.check("metadata.namespace", Names.namespace(metadata.namespace()));
            }
        }
    }
}
