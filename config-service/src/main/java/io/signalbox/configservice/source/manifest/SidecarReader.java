package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.Sidecar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads Sidecars. */
final class SidecarReader {
    private static final String UNIX_PREFIX = "unix://";
    private static final Map<String, Sidecar.OutboundTrafficPolicy.Mode> MODES = Map.of(
            "REGISTRY_ONLY", Sidecar.OutboundTrafficPolicy.Mode.REGISTRY_ONLY,
            "ALLOW_ANY", Sidecar.OutboundTrafficPolicy.Mode.ALLOW_ANY);
    private static final Map<String, String> CAPTURE_MODES =
            Map.of("DEFAULT", "DEFAULT", "IPTABLES", "IPTABLES", "NONE", "NONE");

    private static final Pattern DEFAULT_ENDPOINT =
            Pattern.compile("(?:127\\.0\\.0\\.1|0\\.0\\.0\\.0|\\[::1?\\])?:[0-9]{1,5}|unix://(?:@|/).*[^/]");

    private SidecarReader() {}

    static Sidecar read(ObjectMeta metadata, Fields spec) {
        List<Sidecar.Egress> egress = new ArrayList<>();
        List<Fields> listeners = spec.objects("egress");
        for (int i = 0; i < listeners.size(); i++) {
            Fields listener = listeners.get(i);
            if (!listener.has("port") && i < listeners.size() - 1) {
                listener.error(
                        listener.path("port"),
                        "is missing (expected: one, since only the last egress may be for all other ports)");
            }
            egress(listener, egress);
        }
        Sidecar read = new Sidecar(
                metadata,
                IstioTypes.workloadSelector(spec, "labels"),
                egress,
                spec.objectOrNull("outboundTrafficPolicy", SidecarReader::outbound));
        if (listeners.isEmpty()
                && spec.values("ingress").isEmpty()
                && !spec.has("outboundTrafficPolicy")
                && !spec.has("inboundConnectionPool")) {
            spec.error(spec.path(), "declares nothing (expected: egress or outboundTrafficPolicy)");
        }
        ingress(spec);
        if (spec.has("inboundConnectionPool")) {
            TrafficPolicyReader.connectionPool(spec.object("inboundConnectionPool"));
        }
        spec.refuseOthers("ingress", "inboundConnectionPool");
        return read;
    }

    /** Inbound listeners have no effect, and are still told when they would be refused elsewhere. */
    private static void ingress(Fields spec) {
        Set<Long> ports = new HashSet<>();
        for (Fields listener : spec.objects("ingress")) {
            Fields port = listener.object("port");
            long number = port.unsigned("number", 0);
            if (number < 1 || number > 65_535) {
                listener.error(listener.path("port.number"), number + " (expected: 1 to 65535)");
            } else if (!ports.add(number)) {
                listener.error(listener.path("port.number"), number + " stands twice (expected: each port once)");
            }
            IstioProtocols.check(port, "protocol");
            String endpoint = listener.text("defaultEndpoint");
            if (!endpoint.isEmpty() && !DEFAULT_ENDPOINT.matcher(endpoint).matches()) {
                listener.error(
                        listener.path("defaultEndpoint"),
                        Value.quoted(endpoint) + " (expected: 127.0.0.1:port, 0.0.0.0:port, [::1]:port, [::]:port or"
                                + " unix:// and a path)");
            }
        }
    }

    private static void egress(Fields listener, List<Sidecar.Egress> egress) {
        Fields port = listener.object("port");
        long number = port.unsigned("number", 0);
        String bind = listener.text("bind");
        boolean socket = bind.startsWith(UNIX_PREFIX);
        if (port.isPresent()) {
            if (number == 0 && !socket) {
                port.error(port.path("number"), "is missing (expected: 1 to 65535)");
            }
            IstioProtocols.check(port, "protocol");
            port.text("name");
            port.refuseOthers();
        }
        if (listener.word("captureMode", CAPTURE_MODES, "DEFAULT").equals("IPTABLES") && socket) {
            listener.error(listener.path("captureMode"), "IPTABLES makes no sense with a socket (expected: NONE)");
        }
        if (!bind.isEmpty() && !socket) {
            listener.address("bind");
        }
        List<Sidecar.HostSelector> hosts = new ArrayList<>();
        for (Value item : listener.values("hosts")) {
            String[] parts = item.requiredText().split("/", 2);
            if (parts.length == 2) {
                hosts.add(new Sidecar.HostSelector(parts[0], parts[1].toLowerCase(Locale.ROOT)));
            } else {
                item.error(Value.quoted(item.text()) + " (expected: namespace/host, such as */* or ./*)");
            }
        }
        if (socket) {
            listener.warning(
                    listener.path("bind"),
                    "is a unix domain socket, which is not supported; the listener has no effect");
        } else {
            egress.add(new Sidecar.Egress((int) Math.min(number, Integer.MAX_VALUE), hosts));
        }
        listener.refuseOthers("bind", "captureMode");
    }

    private static Sidecar.OutboundTrafficPolicy outbound(Fields policy) {
        Sidecar.OutboundTrafficPolicy read = new Sidecar.OutboundTrafficPolicy(
                policy.word("mode", MODES, Sidecar.OutboundTrafficPolicy.Mode.REGISTRY_ONLY),
                policy.objectOrNull("egressProxy", IstioTypes::destination));
        policy.refuseOthers();
        return read;
    }
}
