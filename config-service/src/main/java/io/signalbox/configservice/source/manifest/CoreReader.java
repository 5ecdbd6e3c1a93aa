package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.Capture;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads Pods, Namespaces and EndpointSlices, as far as they matter: Kubernetes writes many more fields into them. */
final class CoreReader {
    static final Map<String, Transport> TRANSPORTS =
            Map.of("TCP", Transport.TCP, "UDP", Transport.UDP, "SCTP", Transport.SCTP);
    private static final Map<String, EndpointSlice.AddressType> ADDRESS_TYPES = Map.of(
            "IPv4", EndpointSlice.AddressType.IPV4,
            "IPv6", EndpointSlice.AddressType.IPV6,
            "FQDN", EndpointSlice.AddressType.FQDN);
    private static final Map<String, Pod.Phase> PHASES = Map.of(
            "Pending", Pod.Phase.PENDING,
            "Running", Pod.Phase.RUNNING,
            "Succeeded", Pod.Phase.SUCCEEDED,
            "Failed", Pod.Phase.FAILED,
            "Unknown", Pod.Phase.UNKNOWN);
    private static final Map<String, Boolean> CAPTURE_WISHES = Map.of("enabled", true, "disabled", false);
    private static final Map<String, Capture.Failure> CAPTURE_FAILURES =
            Map.of("open", Capture.Failure.OPEN, "closed", Capture.Failure.CLOSED);

    private CoreReader() {}

    static Pod pod(ObjectMeta metadata, Fields root) {
        Fields spec = root.object("spec");
        Fields status = root.object("status");
        List<IpAddress> addresses = new ArrayList<>();
        if (!status.text("podIP").isEmpty()) {
            status.address("podIP").ifPresent(addresses::add);
        }
        status.objects("podIPs").forEach(item -> item.address("ip").ifPresent(addresses::add));
        Pod.Phase phase = status.word("phase", PHASES, Pod.Phase.UNKNOWN);
        boolean ready = phase == Pod.Phase.RUNNING;
        for (Fields condition : status.objects("conditions")) {
            if (condition.text("type").equals("Ready")) {
                ready = condition.text("status").equals("True");
            }
        }
        String serviceAccount = spec.text("serviceAccountName");
        return new Pod(
                metadata,
                addresses,
                serviceAccount.isEmpty() ? "default" : serviceAccount,
                spec.text("nodeName"),
                phase,
                ready,
                capture(root));
    }

    /** What the annotations of a pod or namespace say of capture; other words are warned about and say nothing. */
    static Capture capture(Fields root) {
        Boolean wish = Annotations.word(root, Capture.ANNOTATION, CAPTURE_WISHES, "enabled or disabled");
        Capture.Failure failure =
                Annotations.word(root, Capture.FAILURE_ANNOTATION, CAPTURE_FAILURES, "open or closed");
        return wish == null && failure == null ? Capture.UNSAID : new Capture(wish, failure);
    }

    static EndpointSlice endpointSlice(ObjectMeta metadata, Fields root) {
        EndpointSlice.AddressType type = root.word("addressType", ADDRESS_TYPES, EndpointSlice.AddressType.IPV4);
        List<EndpointSlice.Port> ports = new ArrayList<>();
        for (Fields port : root.objects("ports")) {
            ports.add(new EndpointSlice.Port(
                    port.text("name"), port.number("port", 0), port.word("protocol", TRANSPORTS, Transport.TCP)));
        }
        List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
        for (Fields endpoint : root.objects("endpoints")) {
            endpoints.add(endpoint(endpoint, type, metadata));
        }
        return new EndpointSlice(
                metadata, metadata.labels().getOrDefault(EndpointSlice.SERVICE_NAME_LABEL, ""), type, ports, endpoints);
    }

    private static EndpointSlice.Endpoint endpoint(Fields endpoint, EndpointSlice.AddressType type, ObjectMeta slice) {
        List<IpAddress> addresses =
                type == EndpointSlice.AddressType.FQDN ? List.of() : endpoint.addresses("addresses");
        Fields conditions = endpoint.object("conditions");
        boolean ready = conditions.flag("ready", true);
        return new EndpointSlice.Endpoint(
                addresses,
                ready,
                conditions.flag("serving", ready),
                conditions.flag("terminating", false),
                endpoint.text("zone"),
                endpoint.text("nodeName"),
                target(endpoint.object("targetRef"), slice));
    }

    private static @Nullable ObjectRef target(Fields targetRef, ObjectMeta slice) {
        if (!targetRef.isPresent()) {
            return null;
        }
        String namespace = targetRef.text("namespace");
        return new ObjectRef(
                targetRef.text("kind"), namespace.isEmpty() ? slice.namespace() : namespace, targetRef.text("name"));
    }
}
