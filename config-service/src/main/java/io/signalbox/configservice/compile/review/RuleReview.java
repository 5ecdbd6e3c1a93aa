package io.signalbox.configservice.compile.review;

import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.hosts.Hosts;
import io.signalbox.configservice.compile.policy.DestinationRules;
import io.signalbox.configservice.compile.policy.MergedRule;
import io.signalbox.configservice.compile.port.Findings;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.rules.RuleSet;
import io.signalbox.configservice.compile.rules.VirtualServiceRules;
import io.signalbox.configservice.compile.services.Alias;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.registry.Destination;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RouteDestination;
import io.signalbox.configservice.registry.VirtualService;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** VirtualServices: hosts that are no service, hosts that another one has, destinations that nobody knows. */
final class RuleReview {
    private final Registry registry;
    private final Model model;
    private final Findings findings;
    private final Set<ObjectRef> delegates = new HashSet<>();

    RuleReview(Registry registry, Model model, Findings findings) {
        this.registry = registry;
        this.model = model;
        this.findings = findings;
    }

    void review() {
        for (RuleSet rules : model.rules().all()) {
            if (rules instanceof VirtualServiceRules known) {
                reviewHosts(known);
                reviewDelegates(known);
                reviewDestinations(known.virtualService());
            }
        }
        for (VirtualService virtualService : registry.virtualServices().values()) {
            if (virtualService.hosts().isEmpty()) {
                if (delegates.contains(virtualService.ref())) {
                    reviewDestinations(virtualService);
                } else {
                    findings.warn(
                            virtualService.ref(),
                            "spec.hosts",
                            "is empty, which makes a delegate, and no VirtualService delegates to it: it does nothing");
                }
            } else if (!virtualService.isForMesh()) {
                findings.inform(
                        virtualService.ref(),
                        "spec.gateways",
                        "names gateways alone, so workloads do not get these rules; add mesh if they should");
            }
        }
    }

    // ---- hosts

    private void reviewHosts(VirtualServiceRules rules) {
        for (int i = 0; i < rules.hosts().size(); i++) {
            String host = rules.hosts().get(i);
            String path = "spec.hosts[" + i + "]";
            boolean known = !Hosts.isWildcard(host)
                    ? !model.services().withHost(host).isEmpty()
                    : model.services().all().stream().anyMatch(service -> Hosts.covers(host, service.host()));
            if (!known) {
                reviewUnknown(rules, host, path);
            } else if (!rules.virtualService().http().isEmpty()) {
                reviewRivals(rules, host, path);
            }
        }
    }

    private void reviewUnknown(VirtualServiceRules rules, String host, String path) {
        VirtualService virtualService = rules.virtualService();
        if (virtualService.http().isEmpty()) {
            findings.warn(rules.ref(), path, host + " is no known service; TLS and TCP rules for it do nothing");
            return;
        }
        String declared = virtualService.hosts().get(rules.hosts().indexOf(host));
        Alias alias = model.services().alias(host);
        String hint = ". Declare a ServiceEntry for it, or write the full name of the service";
        if (alias != null) {
            hint = ": an alias of " + alias.service().externalName() + ". Write the rule for that host";
        } else if (!declared.equals(host)) {
            hint = ". A short name means a service in " + rules.namespace() + "; write the full name";
        } else if (isShortened(host)) {
            hint = "; a name with a dot is not completed. Write " + host + ".svc."
                    + model.services().clusterDomain();
        }
        findings.warn(
                rules.ref(),
                path,
                host + " is no known service: the rules count for this very Host value on port 80 only" + hint);
    }

    private boolean isShortened(String host) {
        String end = host.endsWith(".svc") ? "." : ".svc.";
        return !model.services()
                .withHost(host + end + model.services().clusterDomain())
                .isEmpty();
    }

    /** Of several VirtualServices for one host one counts; they are not merged. */
    private void reviewRivals(VirtualServiceRules rules, String host, String path) {
        String namespace = rules.visibility().everyone() || rules.visibility().includes(rules.namespace())
                ? rules.namespace()
                : rules.visibility().namespaces().stream().findFirst().orElse("");
        for (RuleSet rival : model.rules().exactly(host, new Caller(namespace, null), 0)) {
            if (rival == rules) {
                return;
            }
            if (!(rival instanceof VirtualServiceRules other)
                    || !other.virtualService().http().isEmpty()) {
                findings.warn(
                        rules.ref(),
                        path,
                        host + " has the rules of " + rival.ref()
                                + " already; rules for one host are not merged, and these count only where that one has"
                                + " none for the caller and port. Join the two");
                return;
            }
        }
    }

    // ---- delegates

    private void reviewDelegates(VirtualServiceRules rules) {
        List<VirtualService.HttpRule> http = rules.virtualService().http();
        for (int i = 0; i < http.size(); i++) {
            VirtualService.Delegate named = http.get(i).delegate();
            if (named == null) {
                continue;
            }
            String namespace = named.namespace().isEmpty() ? rules.namespace() : named.namespace();
            ObjectRef ref = new ObjectRef(VirtualService.KIND, namespace, named.name());
            delegates.add(ref);
            VirtualService delegate = registry.virtualServices().get(ref);
            String problem = delegate == null
                    ? "there is no " + ref
                    : !delegate.hosts().isEmpty()
                            ? ref + " has hosts, so it is no delegate"
                            : VirtualServiceRules.isDelegateOf(delegate, rules.virtualService())
                                    ? ""
                                    : ref + " is not exported to " + rules.namespace();
            if (!problem.isEmpty()) {
                findings.warn(rules.ref(), "spec.http[" + i + "].delegate", problem + "; the rule does nothing");
            }
        }
    }

    // ---- destinations

    private void reviewDestinations(VirtualService virtualService) {
        for (int i = 0; i < virtualService.http().size(); i++) {
            VirtualService.HttpRule rule = virtualService.http().get(i);
            reviewRoute(virtualService, rule.route(), "spec.http[" + i + "].route");
            for (int j = 0; j < rule.mirrors().size(); j++) {
                reviewDestination(
                        virtualService, rule.mirrors().get(j).destination(), "spec.http[" + i + "].mirrors[" + j + "]");
            }
        }
        for (int i = 0; i < virtualService.tls().size(); i++) {
            reviewRoute(virtualService, virtualService.tls().get(i).route(), "spec.tls[" + i + "].route");
        }
        for (int i = 0; i < virtualService.tcp().size(); i++) {
            reviewRoute(virtualService, virtualService.tcp().get(i).route(), "spec.tcp[" + i + "].route");
        }
    }

    private void reviewRoute(VirtualService virtualService, List<RouteDestination> route, String path) {
        for (int i = 0; i < route.size(); i++) {
            reviewDestination(virtualService, route.get(i).destination(), path + "[" + i + "].destination");
        }
    }

    private void reviewDestination(VirtualService virtualService, Destination destination, String path) {
        String namespace = virtualService.metadata().namespace();
        String host = Hosts.full(destination.host(), namespace, model.services().clusterDomain());
        Alias alias =
                model.services().withHost(host).isEmpty() ? model.services().alias(host) : null;
        String concrete = alias != null && alias.concrete() != null ? alias.concrete() : host;
        List<MeshService> services = model.services().withHost(concrete);
        if (services.isEmpty()) {
            String hint = isShortened(host)
                    ? "; a name with a dot is not completed. Write " + host
                            + (host.endsWith(".svc") ? "." : ".svc.")
                            + model.services().clusterDomain()
                    : alias != null
                            ? "; declare a ServiceEntry for " + alias.service().externalName()
                            : "";
            findings.warn(
                    virtualService.ref(),
                    path + ".host",
                    host + " is no known service: what is sent there fails" + hint);
            return;
        }
        int port = destination.port();
        if (port != 0 && services.stream().allMatch(service -> service.port(port) == null)) {
            findings.warn(
                    virtualService.ref(),
                    path + ".port.number",
                    concrete + " has no port " + port + ": what is sent there fails");
        }
        if (!destination.subset().isEmpty()
                && services.stream().noneMatch(service -> hasSubset(service, destination, namespace))) {
            findings.warn(
                    virtualService.ref(),
                    path + ".subset",
                    "no DestinationRule that counts here gives " + concrete + " a subset " + destination.subset()
                            + ": what is sent there fails. Add it to the rule for that host");
        }
    }

    private boolean hasSubset(MeshService service, Destination destination, String namespace) {
        for (String caller : List.of(namespace, "")) {
            for (DestinationRules.Choice choice :
                    model.policies().choices(service.host(), service.namespace(), caller)) {
                MergedRule rule = choice.rule();
                if (rule != null && rule.subset(destination.subset()) != null) {
                    return true;
                }
            }
        }
        return false;
    }
}
