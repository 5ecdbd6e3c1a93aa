package io.signalbox.configservice.compile.services;

import io.signalbox.configservice.compile.callers.Visibility;
import io.signalbox.configservice.registry.Cidr;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A service with one host name: a Kubernetes Service, or one host of a ServiceEntry. Each is only equal to itself. */
public final class MeshService {
    /** Who comes first where two claim the same: oldest, then name, then namespace. */
    public static final Comparator<MeshService> CREATION_ORDER = Comparator.comparing(
                    (MeshService service) -> service.object.metadata().creationTimestamp())
            .thenComparing(service -> service.object.metadata().name())
            .thenComparing(MeshService::namespace)
            .thenComparing(service -> service.object.kind())
            .thenComparingInt(service -> service.hostIndex);

    private final RegistryObject object;
    private final String host;
    private final int hostIndex;
    private final Visibility visibility;
    private final List<MeshPort> ports;
    private final List<Cidr> addresses;
    private final EndpointOrigin origin;

    private MeshService(
            RegistryObject object,
            String host,
            int hostIndex,
            Visibility visibility,
            List<MeshPort> ports,
            List<Cidr> addresses,
            EndpointOrigin origin) {
        this.object = object;
        this.host = host;
        this.hostIndex = hostIndex;
        this.visibility = visibility;
        this.ports = List.copyOf(ports);
        this.addresses = List.copyOf(addresses);
        this.origin = origin;
    }

    /** The service that a Kubernetes Service declares; not for ExternalName. */
    public static MeshService of(Service service, String clusterDomain) {
        boolean headless = service.type() == Service.Type.HEADLESS;
        return new MeshService(
                service,
                service.hostName(clusterDomain),
                0,
                Visibility.of(service.exportTo(), service.metadata().namespace()),
                service.ports().stream()
                        .map(port -> new MeshPort(
                                port.port(), port.name(), PortProtocol.of(port), numeric(port.targetPort())))
                        .filter(port -> port.protocol() != PortProtocol.NONE)
                        .toList(),
                service.clusterIps().stream().map(Cidr::of).toList(),
                headless ? EndpointOrigin.ORIGINAL_DESTINATION : EndpointOrigin.DECLARED);
    }

    /** The service that one host of a ServiceEntry declares. */
    public static MeshService of(ServiceEntry entry, int hostIndex) {
        return new MeshService(
                entry,
                entry.hosts().get(hostIndex),
                hostIndex,
                Visibility.of(entry.exportTo(), entry.metadata().namespace()),
                entry.ports().stream()
                        .map(port -> new MeshPort(port.number(), port.name(), PortProtocol.of(port), port.targetPort()))
                        .filter(port -> port.protocol() != PortProtocol.NONE)
                        .toList(),
                entry.addresses(),
                switch (entry.resolution()) {
                    case NONE -> EndpointOrigin.ORIGINAL_DESTINATION;
                    case STATIC -> EndpointOrigin.DECLARED;
                    case DNS -> EndpointOrigin.DNS;
                    case DNS_ROUND_ROBIN -> EndpointOrigin.DNS_ROUND_ROBIN;
                    case DYNAMIC_DNS -> EndpointOrigin.DYNAMIC_DNS;
                });
    }

    private static int numeric(String targetPort) {
        try {
            return Integer.parseInt(targetPort);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The declared object. */
    public RegistryObject object() {
        return object;
    }

    /** Name of the declared object in the registry. */
    public ObjectRef ref() {
        return object.ref();
    }

    /** Host name, lower-case; or {@code *.} and a suffix. */
    public String host() {
        return host;
    }

    /** Namespace of the object. */
    public String namespace() {
        return object.metadata().namespace();
    }

    /** Whose callers see it. */
    public Visibility visibility() {
        return visibility;
    }

    /** Its routed ports. */
    public List<MeshPort> ports() {
        return ports;
    }

    /** The routed port with this number. */
    public @Nullable MeshPort port(int number) {
        for (MeshPort port : ports) {
            if (port.number() == number) {
                return port;
            }
        }
        return null;
    }

    /** Addresses and ranges that callers dial; empty: none. */
    public List<Cidr> addresses() {
        return addresses;
    }

    /** Where its endpoints come from. */
    public EndpointOrigin origin() {
        return origin;
    }

    /** Whether Kubernetes declares it. */
    public boolean isKubernetes() {
        return object instanceof Service;
    }

    /** Whether callers dial its endpoints themselves. */
    public boolean isHeadless() {
        return object instanceof Service service && service.type() == Service.Type.HEADLESS;
    }

    /** Whether TCP to it is every address on its port, because it declares none. */
    public boolean takesEveryAddress() {
        return addresses.isEmpty() && object instanceof ServiceEntry;
    }

    @Override
    public String toString() {
        return ref() + " (" + host + ")";
    }
}
