package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.Locality;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.registry.WorkloadEndpoint;
import io.signalbox.configservice.registry.WorkloadEntry;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads ServiceEntries and WorkloadEntries. */
final class ServiceEntryReader {
    private static final Map<String, ServiceEntry.Location> LOCATIONS = Map.of(
            "MESH_EXTERNAL", ServiceEntry.Location.MESH_EXTERNAL,
            "MESH_INTERNAL", ServiceEntry.Location.MESH_INTERNAL);
    private static final Map<String, ServiceEntry.Resolution> RESOLUTIONS = Map.of(
            "NONE", ServiceEntry.Resolution.NONE,
            "STATIC", ServiceEntry.Resolution.STATIC,
            "DNS", ServiceEntry.Resolution.DNS,
            "DNS_ROUND_ROBIN", ServiceEntry.Resolution.DNS_ROUND_ROBIN,
            "DYNAMIC_DNS", ServiceEntry.Resolution.DYNAMIC_DNS);
    private static final Set<ServiceEntry.Resolution> WITH_RANGES =
            EnumSet.of(ServiceEntry.Resolution.NONE, ServiceEntry.Resolution.STATIC);

    private ServiceEntryReader() {}

    static ServiceEntry serviceEntry(ObjectMeta metadata, Fields spec) {
        ServiceEntry.Resolution resolution = spec.word("resolution", RESOLUTIONS, ServiceEntry.Resolution.NONE);
        ServiceEntry read = new ServiceEntry(
                metadata,
                spec.lowerCaseTexts("hosts"),
                spec.cidrs("addresses"),
                spec.objects("ports").stream().map(ServiceEntryReader::port).toList(),
                spec.word("location", LOCATIONS, ServiceEntry.Location.MESH_EXTERNAL),
                resolution,
                spec.objects("endpoints").stream()
                        .map(ServiceEntryReader::endpoint)
                        .toList(),
                IstioTypes.workloadSelector(spec, "labels"),
                spec.texts("exportTo"),
                spec.texts("subjectAltNames"));
        if (!WITH_RANGES.contains(resolution)) {
            List<String> addresses = spec.texts("addresses");
            for (int i = 0; i < addresses.size(); i++) {
                if (addresses.get(i).contains("/")) {
                    spec.error(
                            spec.path("addresses") + "[" + i + "]",
                            addresses.get(i) + " is a range, which needs resolution NONE or STATIC (expected: an IP"
                                    + " address)");
                }
            }
        }
        spec.refuseOthers();
        return read;
    }

    private static ServiceEntry.Port port(Fields port) {
        ServiceEntry.Port read = new ServiceEntry.Port(
                port.port("number"), port.text("name"), port.text("protocol"), port.port("targetPort"));
        IstioProtocols.check(port, "protocol");
        port.refuseOthers();
        return read;
    }

    static WorkloadEntry workloadEntry(ObjectMeta metadata, Fields spec) {
        return new WorkloadEntry(metadata, endpoint(spec));
    }

    private static WorkloadEndpoint endpoint(Fields endpoint) {
        WorkloadEndpoint read = new WorkloadEndpoint(
                endpoint.text("address"),
                endpoint.numberMap("ports"),
                endpoint.textMap("labels"),
                endpoint.text("network"),
                Locality.parse(endpoint.text("locality")),
                endpoint.unsigned("weight", 0),
                endpoint.text("serviceAccount"));
        endpoint.refuseOthers();
        return read;
    }
}
