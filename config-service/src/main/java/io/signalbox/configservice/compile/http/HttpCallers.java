package io.signalbox.configservice.compile.http;

import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.port.PortContext;
import io.signalbox.configservice.compile.port.SharedPort;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.compile.services.PortProtocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * For whom a port has HTTP by Host: those who see a service that declares HTTP on it, or one without address whose
 * protocol is detected. For all others its detected services are found by their addresses alone and own no names.
 */
final class HttpCallers {
    private final PortContext context;
    private final List<MeshService> makers = new ArrayList<>();
    private final Set<String> mentions = new TreeSet<>();
    private final Map<Caller, Boolean> known = new HashMap<>();
    private boolean everyone;

    HttpCallers(PortContext context) {
        this.context = context;
        List<MeshService> services = context.model().services().onPort(context.port());
        boolean givesWay = SharedPort.losesHttp(services, context.port());
        for (MeshService service : services) {
            MeshPort port = service.port(context.port());
            if (port == null || !makesHttp(service, port)) {
                continue;
            }
            if (givesWay) {
                context.findings()
                        .warn(
                                service.ref(),
                                "spec.ports",
                                "port " + context.port()
                                        + " has an older ServiceEntry with MongoDB or MySQL and without"
                                        + " addresses, which HTTP cannot share it with; give that entry addresses");
            } else {
                makers.add(service);
                Set<String> own = context.model().services().mentions(service.host());
                everyone |= own.isEmpty();
                mentions.addAll(own);
            }
        }
        if (everyone) {
            mentions.clear();
        }
    }

    /** For how many callers the port has HTTP by Host, scopes aside. */
    HttpPort.Extent extent() {
        return makers.isEmpty() ? HttpPort.Extent.NONE : everyone ? HttpPort.Extent.ALL : HttpPort.Extent.SOME;
    }

    private static boolean makesHttp(MeshService service, MeshPort port) {
        return port.protocol().family() == PortProtocol.Family.HTTP
                || (port.protocol().family() == PortProtocol.Family.DETECT && service.takesEveryAddress());
    }

    /** Whether there may be any such callers. */
    boolean hasAny() {
        return !makers.isEmpty();
    }

    /** Namespaces that make a difference. */
    Set<String> mentions() {
        return mentions;
    }

    boolean contains(Caller caller) {
        if (everyone && caller.scope() == null) {
            return true;
        }
        return known.computeIfAbsent(
                caller,
                _ -> makers.stream()
                        .anyMatch(service ->
                                context.model().services().select(service.host(), context.port(), caller) == service));
    }
}
