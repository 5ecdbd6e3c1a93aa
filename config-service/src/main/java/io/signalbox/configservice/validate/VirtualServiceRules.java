package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.CallerMatch;
import io.signalbox.configservice.registry.RouteDestination;
import io.signalbox.configservice.registry.VirtualService;
import java.util.List;

/** Rules for VirtualServices; those of their HTTP rules stand in {@link HttpRuleRules}. */
final class VirtualServiceRules {
    private final VirtualService service;
    private final Findings findings;

    VirtualServiceRules(VirtualService service, Findings findings) {
        this.service = service;
        this.findings = findings;
    }

    void check() {
        boolean delegate = service.hosts().isEmpty();
        if (delegate) {
            checkDelegate();
        } else {
            checkHosts();
        }
        gateways(service.gateways(), "spec.gateways");
        if (!service.isForMesh()) {
            findings.info("spec.gateways", "does not name mesh: the rules are for gateways, which are not served here");
        }
        if (service.http().isEmpty() && service.tls().isEmpty() && service.tcp().isEmpty()) {
            findings.error("spec", "has no rule (expected: http, tls or tcp)");
        }
        for (int i = 0; i < service.http().size(); i++) {
            new HttpRuleRules(service.http().get(i), "spec.http[" + i + "]", findings)
                    .check(delegate, service.isForMesh());
            callers(service.http().get(i), "spec.http[" + i + "]");
        }
        for (int i = 0; i < service.tls().size(); i++) {
            tls(service.tls().get(i), "spec.tls[" + i + "]");
        }
        for (int i = 0; i < service.tcp().size(); i++) {
            tcp(service.tcp().get(i), "spec.tcp[" + i + "]");
        }
        Values.exportTo(
                service.exportTo(), service.metadata().namespace(), "spec.exportTo", Values.Nobody.REFUSED, findings);
        new ReachableRules(findings).check(service);
    }

    private void checkDelegate() {
        if (!service.gateways().isEmpty()) {
            findings.error("spec.gateways", "makes no sense without hosts (expected: nothing, or spec.hosts)");
        }
        if (!service.tls().isEmpty()) {
            findings.error("spec.tls", "makes no sense without hosts (expected: http only, or spec.hosts)");
        }
        if (!service.tcp().isEmpty()) {
            findings.error("spec.tcp", "makes no sense without hosts (expected: http only, or spec.hosts)");
        }
    }

    private void checkHosts() {
        List<String> hosts = service.hosts();
        boolean valid = true;
        for (int i = 0; i < hosts.size(); i++) {
            String host = hosts.get(i);
            String path = "spec.hosts[" + i + "]";
            boolean address = Names.isAddress(host);
            if (!address && Names.wildcardHost(host).isPresent()) {
                findings.check(path, Names.wildcardHost(host));
                valid = false;
            } else if (host.equals("*") && service.isForMesh()) {
                findings.error(path, "* is not allowed in the mesh (expected: a host name or *. and a suffix)");
                valid = false;
            }
        }
        for (int i = 0; valid && i < hosts.size(); i++) {
            for (int j = i + 1; j < hosts.size(); j++) {
                if (Names.isWithin(hosts.get(i), hosts.get(j)) || Names.isWithin(hosts.get(j), hosts.get(i))) {
                    findings.error(
                            "spec.hosts[" + j + "]",
                            hosts.get(j) + " overlaps " + hosts.get(i) + " (expected: each name once)");
                }
            }
        }
    }

    private void callers(VirtualService.HttpRule rule, String path) {
        for (int i = 0; i < rule.match().size(); i++) {
            caller(rule.match().get(i).caller(), path + ".match[" + i + "]");
        }
    }

    private void caller(CallerMatch caller, String path) {
        if (caller.port() != 0) {
            Values.port(caller.port(), path + ".port", findings);
        }
        Values.labels(caller.sourceLabels(), path + ".sourceLabels", findings);
        if (!caller.sourceNamespace().isEmpty()) {
            findings.check(path + ".sourceNamespace", Names.label(caller.sourceNamespace()));
        }
        gateways(caller.gateways(), path + ".gateways");
    }

    private void gateways(List<String> gateways, String path) {
        for (int i = 0; i < gateways.size(); i++) {
            String gateway = gateways.get(i);
            String at = path + "[" + i + "]";
            int slash = gateway.indexOf('/');
            if (slash < 0) {
                findings.check(at, Names.host(gateway));
                if (gateway.contains(".")) {
                    findings.warning(at, gateway + " is the old form (expected: namespace/name)");
                }
            } else if (!Names.isLabel(gateway.substring(0, slash)) || !Names.isLabel(gateway.substring(slash + 1))) {
                findings.error(at, Names.quoted(gateway) + " (expected: namespace/name, or mesh)");
            }
        }
    }

    private void tls(VirtualService.TlsRule rule, String path) {
        if (rule.match().isEmpty()) {
            findings.error(path + ".match", "is empty (expected: at least one, with sniHosts)");
        }
        for (int i = 0; i < rule.match().size(); i++) {
            VirtualService.L4Match match = rule.match().get(i);
            String at = path + ".match[" + i + "]";
            if (match.sniHosts().isEmpty()) {
                findings.error(at + ".sniHosts", "is empty (expected: server names within spec.hosts)");
            }
            for (int j = 0; j < match.sniHosts().size(); j++) {
                sniHost(match.sniHosts().get(j), at + ".sniHosts[" + j + "]");
            }
            caller(match.caller(), at);
        }
        routes(rule.route(), path + ".route");
    }

    private void sniHost(String host, String path) {
        if (Names.wildcardHost(host).isPresent()) {
            if (Names.isAddress(host)) {
                findings.warning(path, host + " is an address; clients send names only");
            } else {
                findings.check(path, Names.wildcardHost(host));
            }
        } else if (service.hosts().stream().noneMatch(outer -> Names.isWithin(host, outer))) {
            findings.error(
                    path,
                    host + " is not within spec.hosts (expected: one of " + String.join(", ", service.hosts())
                            + ", or below a wildcard of them)");
        }
    }

    private void tcp(VirtualService.TcpRule rule, String path) {
        for (int i = 0; i < rule.match().size(); i++) {
            caller(rule.match().get(i).caller(), path + ".match[" + i + "]");
        }
        routes(rule.route(), path + ".route");
    }

    private void routes(List<RouteDestination> routes, String path) {
        if (routes.isEmpty()) {
            findings.error(path, "is empty (expected: at least one destination)");
        }
        HttpRuleRules.destinations(routes, path, findings);
    }
}
