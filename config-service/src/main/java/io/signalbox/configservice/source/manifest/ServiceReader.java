package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.Transport;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads Services, as far as they matter: Kubernetes has many more fields. */
final class ServiceReader {
    private static final Map<String, Service.Type> TYPES = Map.of(
            "ClusterIP", Service.Type.CLUSTER_IP,
            "NodePort", Service.Type.NODE_PORT,
            "LoadBalancer", Service.Type.LOAD_BALANCER,
            "ExternalName", Service.Type.EXTERNAL_NAME);
    private static final Map<String, Service.InternalTrafficPolicy> INTERNAL_TRAFFIC_POLICIES = Map.of(
            "Cluster", Service.InternalTrafficPolicy.CLUSTER,
            "Local", Service.InternalTrafficPolicy.LOCAL);
    private static final Map<String, Service.TrafficDistribution> TRAFFIC_DISTRIBUTIONS = Map.of(
            "Any", Service.TrafficDistribution.ANY,
            "PreferClose", Service.TrafficDistribution.PREFER_CLOSE,
            "PreferSameZone", Service.TrafficDistribution.PREFER_SAME_ZONE,
            "PreferSameNode", Service.TrafficDistribution.PREFER_SAME_NODE);

    /** The older way to declare {@code trafficDistribution}. */
    private static final String TRAFFIC_DISTRIBUTION = "networking.istio.io/traffic-distribution";

    private ServiceReader() {}

    static Service read(ObjectMeta metadata, Fields root) {
        Fields spec = root.object("spec");
        Service.Type type = spec.word("type", TYPES, Service.Type.CLUSTER_IP);
        Set<IpAddress> addresses = new LinkedHashSet<>();
        if (type != Service.Type.EXTERNAL_NAME) {
            if (spec.text("clusterIP").equals("None")) {
                type = Service.Type.HEADLESS;
            } else {
                if (!spec.text("clusterIP").isEmpty()) {
                    spec.address("clusterIP").ifPresent(addresses::add);
                }
                addresses.addAll(spec.addresses("clusterIPs"));
            }
        }
        if (spec.text("sessionAffinity").equals("ClientIP")) {
            spec.warning(
                    spec.path("sessionAffinity"),
                    "has no effect; use a DestinationRule with consistentHash: {useSourceIp: true}");
        }
        Fields annotations = root.object("metadata").object("annotations");
        String externalName = spec.lowerCase("externalName");
        return new Service(
                metadata,
                type,
                List.copyOf(addresses),
                externalName.endsWith(".") ? externalName.substring(0, externalName.length() - 1) : externalName,
                spec.textMap("selector"),
                spec.flag("publishNotReadyAddresses", false),
                spec.objects("ports").stream().map(ServiceReader::port).toList(),
                spec.addresses("externalIPs"),
                spec.word("internalTrafficPolicy", INTERNAL_TRAFFIC_POLICIES, Service.InternalTrafficPolicy.CLUSTER),
                spec.word(
                        "trafficDistribution",
                        TRAFFIC_DISTRIBUTIONS,
                        annotations.word(TRAFFIC_DISTRIBUTION, TRAFFIC_DISTRIBUTIONS, Service.TrafficDistribution.ANY)),
                exportTo(annotations));
    }

    private static Service.Port port(Fields port) {
        return new Service.Port(
                port.text("name"),
                port.number("port", 0),
                port.textOrNumber("targetPort"),
                port.number("nodePort", 0),
                port.word("protocol", CoreReader.TRANSPORTS, Transport.TCP),
                port.text("appProtocol"));
    }

    private static List<String> exportTo(Fields annotations) {
        String text = annotations.text(Service.EXPORT_TO);
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
