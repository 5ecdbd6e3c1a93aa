package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.IpAddress;
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
import io.signalbox.configservice.registry.Transport;
import io.signalbox.configservice.registry.VirtualService;
import io.signalbox.configservice.registry.WorkloadEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Decides about one object at a time, by that object alone. Stateless: usable on any thread. */
public final class Validator {
    /** Largest number of endpoints in one slice; Kubernetes' own limit. */
    public static final int MAX_ENDPOINTS_PER_SLICE = 1000;

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern HOST =
            Pattern.compile("\\*|(\\*\\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*");
    private static final int MAX_HOST_LENGTH = 253;

    /** Accepts the object, perhaps with warnings, or refuses it with everything that is wrong with it. */
    public Validated validate(RegistryObject object) {
        Findings findings = new Findings(object.ref());
        switch (object) {
            case Namespace namespace -> label(namespace.metadata().name(), "metadata.name", findings);
            case Service service -> service(service, findings);
            case EndpointSlice slice -> endpointSlice(slice, findings);
            case Pod pod -> name(pod.metadata(), findings);
            case DestinationRule rule -> destinationRule(rule, findings);
            case Node node -> host(node.metadata().name(), "metadata.name", findings);
            case VirtualService _,
                    ServiceEntry _,
                    WorkloadEntry _,
                    Sidecar _,
                    HttpRoute _,
                    GrpcRoute _,
                    TcpRoute _,
                    TlsRoute _,
                    ReferenceGrant _ -> name(object.metadata(), findings);
        }
        return findings.hasErrors()
                ? new Validated.Refused(object.ref(), findings.problems())
                : new Validated.Accepted(object, findings.problems());
    }

    private static void service(Service service, Findings findings) {
        label(service.metadata().name(), "metadata.name", findings);
        label(service.metadata().namespace(), "metadata.namespace", findings);
        if (service.type() == Service.Type.EXTERNAL_NAME) {
            host(service.externalName(), "spec.externalName", findings);
        } else if (service.ports().isEmpty()) {
            findings.error("spec.ports", "is empty (expected: at least one port)");
        }
        ports(service.ports(), findings);
        Set<IpAddress> addresses = new HashSet<>();
        for (IpAddress address : service.clusterIps()) {
            if (!addresses.add(address)) {
                findings.error("spec.clusterIPs", address + " stands twice");
            }
        }
    }

    private static void ports(List<Service.Port> ports, Findings findings) {
        record Dialled(Transport transport, int port) {}
        Set<String> names = new HashSet<>();
        Set<Dialled> dialled = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            Service.Port port = ports.get(i);
            String path = "spec.ports[" + i + "]";
            portNumber(port.port(), path + ".port", findings);
            if (port.nodePort() != 0) {
                portNumber(port.nodePort(), path + ".nodePort", findings);
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

    private static void endpointSlice(EndpointSlice slice, Findings findings) {
        name(slice.metadata(), findings);
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
                portNumber(slice.ports().get(i).port(), "ports[" + i + "].port", findings);
            }
        }
        if (slice.addressType() == EndpointSlice.AddressType.FQDN) {
            findings.warning("addressType", "FQDN endpoints are not routed to");
            return;
        }
        boolean v6 = slice.addressType() == EndpointSlice.AddressType.IPV6;
        for (int i = 0; i < slice.endpoints().size(); i++) {
            List<IpAddress> addresses = slice.endpoints().get(i).addresses();
            String path = "endpoints[" + i + "].addresses";
            if (addresses.isEmpty()) {
                findings.error(path, "is empty (expected: at least one address)");
            }
            for (int j = 0; j < addresses.size(); j++) {
                if (addresses.get(j).v6() != v6) {
                    findings.error(
                            path + "[" + j + "]",
                            addresses.get(j) + " does not fit addressType " + (v6 ? "IPv6" : "IPv4"));
                }
            }
        }
    }

    private static void destinationRule(DestinationRule rule, Findings findings) {
        name(rule.metadata(), findings);
        host(rule.host(), "spec.host", findings);
    }

    private static void name(ObjectMeta metadata, Findings findings) {
        host(metadata.name(), "metadata.name", findings);
        label(metadata.namespace(), "metadata.namespace", findings);
    }

    private static void label(String value, String path, Findings findings) {
        if (!LABEL.matcher(value).matches()) {
            findings.error(path, quoted(value) + " is no name (expected: 1 to 63 of a-z, 0-9 and -, no - at the ends)");
        }
    }

    private static void host(String value, String path, Findings findings) {
        if (value.length() > MAX_HOST_LENGTH || !HOST.matcher(value).matches()) {
            findings.error(path, quoted(value) + " is no host name");
        }
    }

    private static void portNumber(int port, String path, Findings findings) {
        if (port < 1 || port > 65_535) {
            findings.error(path, port + " (expected: 1 to 65535)");
        }
    }

    private static String quoted(String value) {
        return "\"" + value + "\"";
    }
}
