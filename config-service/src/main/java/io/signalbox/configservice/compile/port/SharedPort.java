package io.signalbox.configservice.compile.port;

import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.compile.services.PortProtocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * HTTP by Host and opaque bytes to every address share a port, since HTTP can be told from the rest; but MongoDB and
 * MySQL refuse: there only the oldest of the two stays.
 */
public final class SharedPort {
    private SharedPort() {}

    /** Whether HTTP by Host gives way on the port. */
    public static boolean losesHttp(List<MeshService> services, int port) {
        MeshService first = first(services, port);
        return first != null && isExclusive(first, port) && hasHttp(services, port);
    }

    /** Whether a service that takes every address gives way on the port. */
    public static boolean losesEveryAddress(MeshService service, List<MeshService> services, int port) {
        MeshService first = first(services, port);
        return first != null && first != service && isExclusive(service, port) && hasHttp(services, port);
    }

    /** The oldest that claims the whole port for HTTP or for itself. */
    private static @Nullable MeshService first(List<MeshService> services, int port) {
        for (MeshService service : services) {
            if (isHttp(service, port) || isExclusive(service, port)) {
                return service;
            }
        }
        return null;
    }

    private static boolean hasHttp(List<MeshService> services, int port) {
        return services.stream().anyMatch(service -> isHttp(service, port));
    }

    private static boolean isHttp(MeshService service, int port) {
        MeshPort declared = service.port(port);
        return declared != null && declared.protocol().family() == PortProtocol.Family.HTTP;
    }

    private static boolean isExclusive(MeshService service, int port) {
        MeshPort declared = service.port(port);
        return declared != null
                && service.takesEveryAddress()
                && (declared.protocol() == PortProtocol.MONGO || declared.protocol() == PortProtocol.MYSQL);
    }
}
