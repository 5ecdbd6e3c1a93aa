package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.registry.WorkloadEndpoint;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Rules for ServiceEntries and WorkloadEntries. */
final class ServiceEntryRules {
    private static final String UNIX_PREFIX = "unix://";

    /** Protocols in which a connection or request names its host. */
    private static final Set<String> WITH_HOST =
            Set.of("http", "http2", "http_proxy", "grpc", "grpc-web", "hbone", "https", "tls");

    private final Findings findings;

    ServiceEntryRules(Findings findings) {
        this.findings = findings;
    }

    void check(ServiceEntry entry) {
        hosts(entry);
        ports(entry);
        Values.selector(entry.workloadSelector(), "labels", findings);
        if (entry.workloadSelector() != null && !entry.endpoints().isEmpty()) {
            findings.error("spec.endpoints", "stands beside workloadSelector; keep one of them");
        }
        switch (entry.resolution()) {
            case NONE -> none(entry);
            case STATIC -> endpoints(entry, false);
            case DNS, DNS_ROUND_ROBIN -> dns(entry);
            case DYNAMIC_DNS -> dynamicDns(entry);
        }
        Values.exportTo(
                entry.exportTo(), entry.metadata().namespace(), "spec.exportTo", Values.Nobody.ALLOWED, findings);
    }

    private void hosts(ServiceEntry entry) {
        List<String> hosts = entry.hosts();
        if (hosts.isEmpty()) {
            findings.error("spec.hosts", "is empty (expected: at least one host name)");
        }
        for (int i = 0; i < hosts.size(); i++) {
            String path = "spec.hosts[" + i + "]";
            if (hosts.get(i).equals("*")) {
                findings.error(path, "* is not allowed (expected: a host name or *. and a suffix)");
            } else {
                findings.check(path, Names.wildcardHost(hosts.get(i)));
                if (Names.isPartialWildcard(hosts.get(i))) {
                    findings.warning(path, hosts.get(i) + " has a wildcard within a label, which matches nothing");
                }
            }
        }
        boolean nameless = entry.ports().stream().anyMatch(port -> !WITH_HOST.contains(word(port)));
        if (hosts.size() > 1 && nameless && entry.resolution() != ServiceEntry.Resolution.NONE) {
            findings.error(
                    "spec.hosts",
                    "has several hosts, which a port without a host in its protocol cannot tell apart (expected: one"
                            + " host, or protocol HTTP or TLS on every port)");
        }
    }

    private static String word(ServiceEntry.Port port) {
        return port.protocol().toLowerCase(Locale.ROOT);
    }

    private void ports(ServiceEntry entry) {
        Set<String> names = new HashSet<>();
        Set<Integer> numbers = new HashSet<>();
        for (int i = 0; i < entry.ports().size(); i++) {
            ServiceEntry.Port port = entry.ports().get(i);
            String path = "spec.ports[" + i + "]";
            findings.check(path + ".name", Names.label(port.name()));
            Values.port(port.number(), path + ".number", findings);
            if (!names.add(port.name())) {
                findings.error(path + ".name", port.name() + " stands twice (expected: each name once)");
            }
            if (!numbers.add(port.number())) {
                findings.error(path + ".number", port.number() + " stands twice (expected: each port once)");
            }
            if (port.targetPort() != 0) {
                Values.port(port.targetPort(), path + ".targetPort", findings);
            }
            if (entry.addresses().isEmpty() && Set.of("", "tcp").contains(word(port))) {
                findings.warning(
                        path,
                        "takes connections to every address on port " + port.number()
                                + ", since the entry has no addresses; add spec.addresses");
            }
            if (word(port).equals("udp")) {
                findings.warning(path + ".protocol", "UDP is not routed; its traffic passes through");
            }
        }
    }

    private void none(ServiceEntry entry) {
        if (!entry.endpoints().isEmpty()) {
            findings.error("spec.endpoints", "makes no sense with resolution NONE (expected: STATIC or DNS)");
        }
        if (entry.workloadSelector() != null) {
            findings.warning("spec.workloadSelector", "has no effect with resolution NONE (expected: STATIC)");
        }
    }

    private void dns(ServiceEntry entry) {
        if (entry.endpoints().isEmpty()) {
            for (int i = 0; i < entry.hosts().size(); i++) {
                if (entry.hosts().get(i).contains("*")) {
                    findings.error(
                            "spec.hosts[" + i + "]",
                            entry.hosts().get(i) + " cannot be resolved (expected: a full name, or endpoints)");
                }
            }
        }
        if (entry.resolution() == ServiceEntry.Resolution.DNS_ROUND_ROBIN
                && entry.endpoints().size() > 1) {
            findings.error(
                    "spec.endpoints",
                    entry.endpoints().size() + " endpoints (expected: at most one with DNS_ROUND_ROBIN)");
        }
        if (entry.workloadSelector() != null) {
            findings.warning("spec.workloadSelector", "has no effect with this resolution (expected: STATIC)");
        }
        endpoints(entry, true);
    }

    private void dynamicDns(ServiceEntry entry) {
        if (!entry.endpoints().isEmpty()) {
            findings.error("spec.endpoints", "makes no sense with resolution DYNAMIC_DNS (expected: none)");
        }
        if (entry.workloadSelector() != null) {
            findings.error("spec.workloadSelector", "makes no sense with resolution DYNAMIC_DNS (expected: none)");
        }
        for (int i = 0; i < entry.ports().size(); i++) {
            if (!WITH_HOST.contains(word(entry.ports().get(i)))) {
                findings.error(
                        "spec.ports[" + i + "].protocol",
                        Names.quoted(entry.ports().get(i).protocol())
                                + " carries no host name to resolve (expected: an HTTP or TLS protocol)");
            }
        }
    }

    private void endpoints(ServiceEntry entry, boolean names) {
        Set<String> ports = entry.ports().stream().map(ServiceEntry.Port::name).collect(Collectors.toSet());
        for (int i = 0; i < entry.endpoints().size(); i++) {
            WorkloadEndpoint endpoint = entry.endpoints().get(i);
            String path = "spec.endpoints[" + i + "]";
            endpoint(endpoint, path, names);
            for (String name : endpoint.ports().keySet()) {
                if (!ports.contains(name)) {
                    findings.error(
                            path + ".ports[\"" + name + "\"]",
                            "is no port of this entry (expected: one of " + String.join(", ", ports) + ")");
                }
            }
            if (endpoint.address().startsWith(UNIX_PREFIX) && ports.size() != 1) {
                findings.error(path + ".address", "is a socket, which needs exactly one port in spec.ports");
            }
        }
    }

    /**
     * Checks an endpoint.
     *
     * @param names whether its address may be a host name
     */
    void endpoint(WorkloadEndpoint endpoint, String path, boolean names) {
        String address = endpoint.address();
        if (address.startsWith(UNIX_PREFIX)) {
            socket(endpoint, path, names);
        } else if (address.isEmpty()) {
            if (endpoint.network().isEmpty()) {
                findings.error(path + ".address", "is missing (expected: an IP address or host name)");
            } else {
                findings.warning(path + ".address", "is missing; the endpoint cannot be reached from here");
            }
        } else if (!Names.isAddress(address)) {
            if (!names) {
                findings.error(path + ".address", Names.quoted(address) + " (expected: an IP address)");
            } else {
                findings.check(path + ".address", Names.host(address));
            }
        }
        if (!endpoint.network().isEmpty()) {
            findings.warning(path + ".network", "is not supported; the endpoint is taken to be in the own network");
        }
        endpoint.ports().forEach((name, port) -> {
            String at = path + ".ports[\"" + name + "\"]";
            findings.check(at, Names.label(name));
            Values.port(port, at, findings);
        });
        Values.labels(endpoint.labels(), path + ".labels", findings);
    }

    private void socket(WorkloadEndpoint endpoint, String path, boolean names) {
        String file = endpoint.address().substring(UNIX_PREFIX.length());
        boolean isPath = file.startsWith("@") || (file.startsWith("/") && !file.endsWith("/"));
        if (!isPath) {
            findings.error(
                    path + ".address",
                    Names.quoted(endpoint.address()) + " (expected: unix:// and an absolute path of a file)");
        } else if (!endpoint.ports().isEmpty()) {
            findings.error(path + ".ports", "makes no sense with a socket (expected: none)");
        } else if (names && path.contains("endpoints")) {
            findings.error(path + ".address", "is a socket (expected: an IP address or host name with resolution DNS)");
        } else {
            findings.warning(path + ".address", "is a socket, which is not supported; it gets no traffic");
        }
    }
}
