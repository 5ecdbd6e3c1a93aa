package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.Destination;
import io.signalbox.configservice.registry.Sidecar;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules for Sidecars. */
final class SidecarRules {
    private final Findings findings;

    SidecarRules(Findings findings) {
        this.findings = findings;
    }

    void check(Sidecar sidecar) {
        Values.selector(sidecar.workloadSelector(), "labels", findings);
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < sidecar.egress().size(); i++) {
            Sidecar.Egress egress = sidecar.egress().get(i);
            String path = "spec.egress[" + i + "]";
            if (egress.port() != 0) {
                Values.port(egress.port(), path + ".port.number", findings);
            }
            if (!ports.add(egress.port())) {
                findings.error(
                        path + ".port",
                        (egress.port() == 0 ? "no port" : egress.port()) + " stands twice (expected: each port once)");
            }
            hosts(egress.hosts(), sidecar.metadata().namespace(), path + ".hosts");
        }
        Sidecar.OutboundTrafficPolicy policy = sidecar.outboundTrafficPolicy();
        if (policy != null && policy.egressProxy() != null) {
            egressProxy(policy.mode(), policy.egressProxy());
        }
    }

    private void hosts(List<Sidecar.HostSelector> hosts, String namespace, String path) {
        if (hosts.isEmpty()) {
            findings.error(path, "is empty (expected: namespace/host, such as */* or ./*)");
        }
        Set<Sidecar.HostSelector> seen = new HashSet<>();
        for (int i = 0; i < hosts.size(); i++) {
            Sidecar.HostSelector host = hosts.get(i);
            String at = path + "[" + i + "]";
            namespace(host, at);
            if (!host.host().equals("*") && !host.host().contains(".")) {
                findings.error(at, Names.quoted(host.host()) + " is a short name (expected: a full host name)");
            }
            findings.check(at, Names.wildcardHost(host.host()));
            if (Names.isPartialWildcard(host.host())) {
                findings.error(at, host.host() + " has a wildcard within a label (expected: *. and a suffix)");
            }
            String own = host.namespace().equals(".") ? namespace : host.namespace();
            boolean covered = seen.contains(new Sidecar.HostSelector(own, "*"));
            if (!seen.add(new Sidecar.HostSelector(own, host.host())) || covered) {
                findings.warning(at, host + " is selected twice");
            }
        }
        if (hosts.size() > 1 && seen.contains(new Sidecar.HostSelector("*", "*"))) {
            findings.warning(path, "*/* selects everything; the others have no effect");
        }
    }

    private void namespace(Sidecar.HostSelector host, String at) {
        String namespace = host.namespace();
        boolean word = namespace.equals("*") || namespace.equals(".") || namespace.equals("~");
        String name = namespace.startsWith("~") ? namespace.substring(1) : namespace;
        if (!word && !Names.isLabel(name)) {
            findings.error(at, Names.quoted(namespace) + " is no namespace (expected: a name, ., * or ~)");
        }
    }

    private void egressProxy(Sidecar.OutboundTrafficPolicy.Mode mode, Destination proxy) {
        String path = "spec.outboundTrafficPolicy.egressProxy";
        if (mode != Sidecar.OutboundTrafficPolicy.Mode.ALLOW_ANY) {
            findings.error(path, "needs mode ALLOW_ANY beside it");
        }
        findings.check(path + ".host", Names.host(proxy.host()));
        if (proxy.port() == 0) {
            findings.error(path + ".port", "is missing (expected: number: 1 to 65535)");
        }
        Values.destination(proxy, path, findings);
        findings.warning(path, "is not supported; unmatched traffic goes to its own destination");
    }
}
