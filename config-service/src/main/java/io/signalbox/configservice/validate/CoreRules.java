package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.Transport;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules for Services and EndpointSlices. */
final class CoreRules {
    /** Largest number of endpoints in one slice; Kubernetes' own limit. */
    static final int MAX_ENDPOINTS_PER_SLICE = 1000;

    private final Findings findings;

    CoreRules(Findings findings) {
        this.findings = findings;
    }

    void check(Service service) {
        findings.check("metadata.name", Names.namespace(service.metadata().name()));
        if (service.type() == Service.Type.EXTERNAL_NAME) {
            findings.check("spec.externalName", Names.host(service.externalName()));
        } else if (service.ports().isEmpty() && service.type() != Service.Type.HEADLESS) {
            findings.error("spec.ports", "is empty (expected: at least one port)");
        }
        ports(service.ports());
        Set<IpAddress> addresses = new HashSet<>();
        for (IpAddress address : service.clusterIps()) {
            if (!addresses.add(address)) {
                findings.error("spec.clusterIPs", address + " stands twice");
            }
        }
        Values.exportTo(
                service.exportTo(),
                service.metadata().namespace(),
                "metadata.annotations[\"" + Service.EXPORT_TO + "\"]",
                Values.Nobody.ALLOWED,
                findings);
    }

    private void ports(List<Service.Port> ports) {
        record Dialled(Transport transport, int port) {}
        Set<String> names = new HashSet<>();
        Set<Dialled> dialled = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            Service.Port port = ports.get(i);
            String path = "spec.ports[" + i + "]";
            Values.port(port.port(), path + ".port", findings);
            if (port.nodePort() != 0) {
                Values.port(port.nodePort(), path + ".nodePort", findings);
            }
            if (port.name().isEmpty() && ports.size() > 1) {
                findings.error(path + ".name", "is empty (expected: a name, since the service has several ports)");
            } else if (!names.add(port.name())) {
                findings.error(path + ".name", port.name() + " stands twice");
            }
            if (!dialled.add(new Dialled(port.transport(), port.port()))) {
                findings.error(path + ".port", port.port() + "/" + port.transport() + " stands twice");
            }
            if (port.transport() != Transport.TCP) {
                findings.warning(path + ".protocol", port.transport() + " is not routed; its traffic passes through");
            }
        }
    }

    void check(EndpointSlice slice) {
        if (slice.serviceName().isEmpty()) {
            findings.warning(
                    "metadata.labels",
                    "label " + EndpointSlice.SERVICE_NAME_LABEL + " is missing; the slice belongs to no service");
        }
        if (slice.endpoints().size() > MAX_ENDPOINTS_PER_SLICE) {
            findings.error(
                    "endpoints",
                    slice.endpoints().size() + " endpoints (expected: at most " + MAX_ENDPOINTS_PER_SLICE
                            + "; use several slices)");
        }
        for (int i = 0; i < slice.ports().size(); i++) {
            if (slice.ports().get(i).port() != 0) {
                Values.port(slice.ports().get(i).port(), "ports[" + i + "].port", findings);
            }
        }
        if (slice.addressType() == EndpointSlice.AddressType.FQDN) {
            findings.warning("addressType", "FQDN endpoints are not routed to");
            return;
        }
        for (int i = 0; i < slice.endpoints().size(); i++) {
            addresses(
                    slice.endpoints().get(i).addresses(),
                    slice.addressType() == EndpointSlice.AddressType.IPV6,
                    "endpoints[" + i + "].addresses");
        }
    }

    private void addresses(List<IpAddress> addresses, boolean v6, String path) {
        if (addresses.isEmpty()) {
            findings.error(path, "is empty (expected: at least one address)");
        }
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).v6() != v6) {
                findings.error(
                        path + "[" + i + "]", addresses.get(i) + " does not fit addressType " + (v6 ? "IPv6" : "IPv4"));
            }
        }
    }
}
