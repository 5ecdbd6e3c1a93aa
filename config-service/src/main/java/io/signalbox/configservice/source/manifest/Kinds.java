package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.LoadBalancerSettings;
import io.signalbox.configservice.registry.Namespace;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Pod;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.TrafficPolicy;
import io.signalbox.configservice.registry.Transport;
import io.signalbox.configservice.registry.WorkloadSelector;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The kinds that are read: where their fields stand in a manifest. */
final class Kinds {
    private static final Map<String, Transport> TRANSPORTS =
            Map.of("TCP", Transport.TCP, "UDP", Transport.UDP, "SCTP", Transport.SCTP);
    private static final Map<String, Service.Type> SERVICE_TYPES = Map.of(
            "ClusterIP", Service.Type.CLUSTER_IP,
            "NodePort", Service.Type.NODE_PORT,
            "LoadBalancer", Service.Type.LOAD_BALANCER,
            "ExternalName", Service.Type.EXTERNAL_NAME);
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
    private static final Map<String, LoadBalancerSettings.Simple> LOAD_BALANCERS = Map.of(
            "UNSPECIFIED", LoadBalancerSettings.Simple.UNSPECIFIED,
            "LEAST_REQUEST", LoadBalancerSettings.Simple.LEAST_REQUEST,
            "LEAST_CONN", LoadBalancerSettings.Simple.LEAST_CONN,
            "ROUND_ROBIN", LoadBalancerSettings.Simple.ROUND_ROBIN,
            "RANDOM", LoadBalancerSettings.Simple.RANDOM);

    private Kinds() {}

    /**
     * The API versions in which a kind is read.
     *
     * @return empty when the kind is not read at all
     */
    static Set<String> apiVersions(String kind) {
        return switch (kind) {
            case Namespace.KIND, Service.KIND, Pod.KIND -> Set.of("v1");
            case EndpointSlice.KIND -> Set.of("discovery.k8s.io/v1");
            case DestinationRule.KIND ->
                Set.of("networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3");
            default -> Set.of();
        };
    }

    /**
     * Reads an object of a kind that has {@link #apiVersions}.
     *
     * @param unread is given what is understood but not supported
     */
    static RegistryObject read(String kind, ObjectMeta metadata, Fields root, List<Fields.Note> unread) {
        return switch (kind) {
            case Namespace.KIND -> new Namespace(metadata);
            case Service.KIND -> service(metadata, root.object("spec"));
            case Pod.KIND -> pod(metadata, root);
            case EndpointSlice.KIND -> endpointSlice(metadata, root);
            case DestinationRule.KIND -> destinationRule(metadata, root.object("spec"), unread);
            default -> throw new IllegalArgumentException("kind: " + kind + " (expected: one with apiVersions)");
        };
    }

    private static Service service(ObjectMeta metadata, Fields spec) {
        Service.Type type = spec.word("type", SERVICE_TYPES, Service.Type.CLUSTER_IP);
        Set<IpAddress> addresses = new LinkedHashSet<>();
        if (type != Service.Type.EXTERNAL_NAME) {
            if (spec.text("clusterIP").equals("None")) {
                type = Service.Type.HEADLESS;
            } else {
                if (!spec.text("clusterIP").isEmpty()) {
                    spec.address("clusterIP").ifPresent(addresses::add);
                }
                spec.items("clusterIPs").forEach(item -> item.address().ifPresent(addresses::add));
            }
        }
        List<Service.Port> ports = new ArrayList<>();
        for (Fields port : spec.objects("ports")) {
            ports.add(new Service.Port(
                    port.text("name"),
                    port.number("port", 0),
                    port.textOrNumber("targetPort"),
                    port.number("nodePort", 0),
                    port.word("protocol", TRANSPORTS, Transport.TCP),
                    port.text("appProtocol")));
        }
        String externalName = spec.text("externalName").toLowerCase(Locale.ROOT);
        return new Service(
                metadata,
                type,
                List.copyOf(addresses),
                externalName.endsWith(".") ? externalName.substring(0, externalName.length() - 1) : externalName,
                spec.textMap("selector"),
                spec.flag("publishNotReadyAddresses", false),
                ports,
                List.of(),
                Service.InternalTrafficPolicy.CLUSTER,
                Service.TrafficDistribution.ANY,
                List.of());
    }

    private static Pod pod(ObjectMeta metadata, Fields root) {
        Fields spec = root.object("spec");
        Fields status = root.object("status");
        List<IpAddress> addresses = new ArrayList<>();
        if (!status.text("podIP").isEmpty()) {
            status.address("podIP").ifPresent(addresses::add);
        }
        status.objects("podIPs").forEach(item -> item.address("ip").ifPresent(addresses::add));
        Pod.Phase phase = status.word("phase", PHASES, Pod.Phase.UNKNOWN);
        String serviceAccount = spec.text("serviceAccountName");
        return new Pod(
                metadata,
                addresses,
                serviceAccount.isEmpty() ? "default" : serviceAccount,
                spec.text("nodeName"),
                phase,
                phase == Pod.Phase.RUNNING);
    }

    private static EndpointSlice endpointSlice(ObjectMeta metadata, Fields root) {
        EndpointSlice.AddressType type = root.word("addressType", ADDRESS_TYPES, EndpointSlice.AddressType.IPV4);
        List<EndpointSlice.Port> ports = new ArrayList<>();
        for (Fields port : root.objects("ports")) {
            ports.add(new EndpointSlice.Port(
                    port.text("name"), port.number("port", 0), port.word("protocol", TRANSPORTS, Transport.TCP)));
        }
        List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
        for (Fields endpoint : root.objects("endpoints")) {
            List<IpAddress> addresses = new ArrayList<>();
            if (type != EndpointSlice.AddressType.FQDN) {
                endpoint.items("addresses").forEach(item -> item.address().ifPresent(addresses::add));
            }
            Fields conditions = endpoint.object("conditions");
            boolean ready = conditions.flag("ready", true);
            endpoints.add(new EndpointSlice.Endpoint(
                    addresses,
                    ready,
                    conditions.flag("serving", ready),
                    conditions.flag("terminating", false),
                    endpoint.text("zone"),
                    endpoint.text("nodeName"),
                    target(endpoint.object("targetRef"), metadata).orElse(null)));
        }
        return new EndpointSlice(
                metadata, metadata.labels().getOrDefault(EndpointSlice.SERVICE_NAME_LABEL, ""), type, ports, endpoints);
    }

    private static Optional<ObjectRef> target(Fields targetRef, ObjectMeta slice) {
        if (!targetRef.isPresent()) {
            return Optional.empty();
        }
        String namespace = targetRef.text("namespace");
        return Optional.of(new ObjectRef(
                targetRef.text("kind"), namespace.isEmpty() ? slice.namespace() : namespace, targetRef.text("name")));
    }

    private static DestinationRule destinationRule(ObjectMeta metadata, Fields spec, List<Fields.Note> unread) {
        Fields policy = spec.object("trafficPolicy");
        Fields loadBalancer = policy.object("loadBalancer");
        noteOthers(spec, Set.of("host", "trafficPolicy", "workloadSelector"), unread);
        noteOthers(policy, Set.of("loadBalancer"), unread);
        noteOthers(loadBalancer, Set.of("simple"), unread);
        LoadBalancerSettings.Simple simple = LoadBalancerSettings.Simple.UNSPECIFIED;
        if (loadBalancer.text("simple").equals("PASSTHROUGH")) {
            unread.add(new Fields.Note(
                    loadBalancer.path("simple"),
                    "PASSTHROUGH is not supported yet; the default LEAST_REQUEST is used"));
        } else {
            simple = loadBalancer.word("simple", LOAD_BALANCERS, simple);
        }
        return new DestinationRule(
                metadata,
                spec.text("host").toLowerCase(Locale.ROOT),
                new TrafficPolicy(
                        new LoadBalancerSettings(simple, null, null, null), null, null, null, null, List.of()),
                List.of(),
                List.of(),
                spec.has("workloadSelector") ? new WorkloadSelector(Map.of()) : null);
    }

    private static void noteOthers(Fields fields, Set<String> read, List<Fields.Note> unread) {
        for (String name : fields.names()) {
            if (!read.contains(name)) {
                unread.add(new Fields.Note(fields.path(name), "is not supported yet and has no effect"));
            }
        }
    }
}
