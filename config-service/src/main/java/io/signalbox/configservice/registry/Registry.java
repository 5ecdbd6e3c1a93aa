package io.signalbox.configservice.registry;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that is declared and in force at one revision. Immutable; objects that did not change are shared with earlier
 * states.
 */
public final class Registry {
    /** Nothing declared. */
    public static final Registry EMPTY = new Registry(Revision.NONE, List.of());

    private final Revision revision;
    private final SortedMap<ObjectRef, Declared> objects = new TreeMap<>();
    private final SortedMap<ObjectRef, Namespace> namespaces = new TreeMap<>();
    private final SortedMap<ObjectRef, Node> nodes = new TreeMap<>();
    private final SortedMap<ObjectRef, Service> services = new TreeMap<>();
    private final SortedMap<ObjectRef, EndpointSlice> endpointSlices = new TreeMap<>();
    private final SortedMap<ObjectRef, Pod> pods = new TreeMap<>();
    private final SortedMap<ObjectRef, VirtualService> virtualServices = new TreeMap<>();
    private final SortedMap<ObjectRef, DestinationRule> destinationRules = new TreeMap<>();
    private final SortedMap<ObjectRef, ServiceEntry> serviceEntries = new TreeMap<>();
    private final SortedMap<ObjectRef, WorkloadEntry> workloadEntries = new TreeMap<>();
    private final SortedMap<ObjectRef, Sidecar> sidecars = new TreeMap<>();
    private final SortedMap<ObjectRef, HttpRoute> httpRoutes = new TreeMap<>();
    private final SortedMap<ObjectRef, GrpcRoute> grpcRoutes = new TreeMap<>();
    private final SortedMap<ObjectRef, TcpRoute> tcpRoutes = new TreeMap<>();
    private final SortedMap<ObjectRef, TlsRoute> tlsRoutes = new TreeMap<>();
    private final SortedMap<ObjectRef, ReferenceGrant> referenceGrants = new TreeMap<>();

    /**
     * The registry with these objects, each once.
     *
     * @param objects the objects and where they stand
     * @throws IllegalArgumentException when one stands twice
     */
    public Registry(Revision revision, Collection<Declared> objects) {
        this.revision = revision;
        for (Declared declared : objects) {
            RegistryObject object = declared.object();
            ObjectRef ref = object.ref();
            if (this.objects.put(ref, declared) != null) {
                throw new IllegalArgumentException("objects: " + ref + " stands twice (expected: each once)");
            }
            switch (object) {
                case Namespace namespace -> namespaces.put(ref, namespace);
                case Node node -> nodes.put(ref, node);
                case Service service -> services.put(ref, service);
                case EndpointSlice slice -> endpointSlices.put(ref, slice);
                case Pod pod -> pods.put(ref, pod);
                case VirtualService rule -> virtualServices.put(ref, rule);
                case DestinationRule rule -> destinationRules.put(ref, rule);
                case ServiceEntry entry -> serviceEntries.put(ref, entry);
                case WorkloadEntry entry -> workloadEntries.put(ref, entry);
                case Sidecar sidecar -> sidecars.put(ref, sidecar);
                case HttpRoute route -> httpRoutes.put(ref, route);
                case GrpcRoute route -> grpcRoutes.put(ref, route);
                case TcpRoute route -> tcpRoutes.put(ref, route);
                case TlsRoute route -> tlsRoutes.put(ref, route);
                case ReferenceGrant grant -> referenceGrants.put(ref, grant);
            }
        }
    }

    /** Which state this is. */
    public Revision revision() {
        return revision;
    }

    /** Where the object stands; {@link Provenance#UNKNOWN} when it is not declared. */
    public Provenance provenance(ObjectRef ref) {
        Declared declared = objects.get(ref);
        return declared == null ? Provenance.UNKNOWN : declared.provenance();
    }

    /** Number of objects of all kinds. */
    public int size() {
        return objects.size();
    }

    public SortedMap<ObjectRef, Namespace> namespaces() {
        return Collections.unmodifiableSortedMap(namespaces);
    }

    public SortedMap<ObjectRef, Node> nodes() {
        return Collections.unmodifiableSortedMap(nodes);
    }

    public SortedMap<ObjectRef, Service> services() {
        return Collections.unmodifiableSortedMap(services);
    }

    public SortedMap<ObjectRef, EndpointSlice> endpointSlices() {
        return Collections.unmodifiableSortedMap(endpointSlices);
    }

    public SortedMap<ObjectRef, Pod> pods() {
        return Collections.unmodifiableSortedMap(pods);
    }

    public SortedMap<ObjectRef, VirtualService> virtualServices() {
        return Collections.unmodifiableSortedMap(virtualServices);
    }

    public SortedMap<ObjectRef, DestinationRule> destinationRules() {
        return Collections.unmodifiableSortedMap(destinationRules);
    }

    public SortedMap<ObjectRef, ServiceEntry> serviceEntries() {
        return Collections.unmodifiableSortedMap(serviceEntries);
    }

    public SortedMap<ObjectRef, WorkloadEntry> workloadEntries() {
        return Collections.unmodifiableSortedMap(workloadEntries);
    }

    public SortedMap<ObjectRef, Sidecar> sidecars() {
        return Collections.unmodifiableSortedMap(sidecars);
    }

    public SortedMap<ObjectRef, HttpRoute> httpRoutes() {
        return Collections.unmodifiableSortedMap(httpRoutes);
    }

    public SortedMap<ObjectRef, GrpcRoute> grpcRoutes() {
        return Collections.unmodifiableSortedMap(grpcRoutes);
    }

    public SortedMap<ObjectRef, TcpRoute> tcpRoutes() {
        return Collections.unmodifiableSortedMap(tcpRoutes);
    }

    public SortedMap<ObjectRef, TlsRoute> tlsRoutes() {
        return Collections.unmodifiableSortedMap(tlsRoutes);
    }

    public SortedMap<ObjectRef, ReferenceGrant> referenceGrants() {
        return Collections.unmodifiableSortedMap(referenceGrants);
    }

    /** Every object with its place, by name. */
    public SortedMap<ObjectRef, Declared> objects() {
        return Collections.unmodifiableSortedMap(objects);
    }
}
