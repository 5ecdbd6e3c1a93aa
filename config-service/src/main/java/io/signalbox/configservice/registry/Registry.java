package io.signalbox.configservice.registry;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final Map<String, OfKind> kinds;

    /**
     * The objects of one kind. What has not changed is shared between registries, so it is never written once a
     * registry has it.
     *
     * @param objects by name
     * @param places where they stand
     */
    private record OfKind(SortedMap<ObjectRef, RegistryObject> objects, Map<ObjectRef, Provenance> places) {
        static final OfKind NONE = new OfKind(Collections.emptySortedMap(), Map.of());

        OfKind copy() {
            return new OfKind(new TreeMap<>(objects), new HashMap<>(places));
        }
    }

    private Registry(Revision revision, Map<String, OfKind> kinds) {
        this.revision = revision;
        this.kinds = kinds;
    }

    /**
     * The registry with these objects, each once.
     *
     * @param objects the objects and where they stand
     * @throws IllegalArgumentException when one stands twice
     */
    public Registry(Revision revision, Collection<Declared> objects) {
        this(revision, new HashMap<>());
        for (Declared declared : objects) {
            RegistryObject object = declared.object();
            ObjectRef ref = object.ref();
            OfKind kind = kinds.computeIfAbsent(ref.kind(), _ -> OfKind.NONE.copy());
            if (kind.objects.put(ref, object) != null) {
                throw new IllegalArgumentException("objects: " + ref + " stands twice (expected: each once)");
            }
            kind.places.put(ref, declared.provenance());
        }
    }

    /**
     * The registry after a change. Kinds without a change are shared: their maps are the same objects as before.
     *
     * @param changed new and changed objects, each once
     * @param removed objects that are gone
     */
    public Registry with(Revision newRevision, Collection<Declared> changed, Collection<ObjectRef> removed) {
        Map<String, OfKind> next = new HashMap<>(kinds);
        Set<String> copied = new HashSet<>();
        for (Declared declared : changed) {
            ObjectRef ref = declared.object().ref();
            OfKind kind = writable(ref, next, copied);
            kind.objects.put(ref, declared.object());
            kind.places.put(ref, declared.provenance());
        }
        for (ObjectRef ref : removed) {
            OfKind kind = writable(ref, next, copied);
            kind.objects.remove(ref);
            kind.places.remove(ref);
        }
        return new Registry(newRevision, next);
    }

    private static OfKind writable(ObjectRef ref, Map<String, OfKind> kinds, Set<String> copied) {
        if (copied.add(ref.kind())) {
            kinds.put(ref.kind(), kinds.getOrDefault(ref.kind(), OfKind.NONE).copy());
        }
        return kinds.getOrDefault(ref.kind(), OfKind.NONE);
    }

    private OfKind kind(String kind) {
        return kinds.getOrDefault(kind, OfKind.NONE);
    }

    @SuppressWarnings("unchecked") // by construction the objects of a kind are of its class
    private <T extends RegistryObject> SortedMap<ObjectRef, T> objects(String kind) {
        return Collections.unmodifiableSortedMap((SortedMap<ObjectRef, T>) kind(kind).objects);
    }

    /** Whether the objects of a kind are those of the other registry, as far as sharing tells without comparing. */
    @SuppressWarnings("ReferenceEquality") // kinds without a change are shared
    public boolean sharesKind(Registry other, String kind) {
        return kind(kind) == other.kind(kind);
    }

    /** Which state this is. */
    public Revision revision() {
        return revision;
    }

    /** Where the object stands; {@link Provenance#UNKNOWN} when it is not declared. */
    public Provenance provenance(ObjectRef ref) {
        return kind(ref.kind()).places.getOrDefault(ref, Provenance.UNKNOWN);
    }

    /** Number of objects of all kinds. */
    public int size() {
        return kinds.values().stream().mapToInt(kind -> kind.objects.size()).sum();
    }

    /** Number of objects of a kind. */
    public int size(String kind) {
        return kind(kind).objects.size();
    }

    public SortedMap<ObjectRef, Namespace> namespaces() {
        return objects(Namespace.KIND);
    }

    public SortedMap<ObjectRef, Node> nodes() {
        return objects(Node.KIND);
    }

    public SortedMap<ObjectRef, Service> services() {
        return objects(Service.KIND);
    }

    public SortedMap<ObjectRef, EndpointSlice> endpointSlices() {
        return objects(EndpointSlice.KIND);
    }

    public SortedMap<ObjectRef, Pod> pods() {
        return objects(Pod.KIND);
    }

    public SortedMap<ObjectRef, VirtualService> virtualServices() {
        return objects(VirtualService.KIND);
    }

    public SortedMap<ObjectRef, DestinationRule> destinationRules() {
        return objects(DestinationRule.KIND);
    }

    public SortedMap<ObjectRef, ServiceEntry> serviceEntries() {
        return objects(ServiceEntry.KIND);
    }

    public SortedMap<ObjectRef, WorkloadEntry> workloadEntries() {
        return objects(WorkloadEntry.KIND);
    }

    public SortedMap<ObjectRef, Sidecar> sidecars() {
        return objects(Sidecar.KIND);
    }

    public SortedMap<ObjectRef, HttpRoute> httpRoutes() {
        return objects(HttpRoute.KIND);
    }

    public SortedMap<ObjectRef, GrpcRoute> grpcRoutes() {
        return objects(GrpcRoute.KIND);
    }

    public SortedMap<ObjectRef, TcpRoute> tcpRoutes() {
        return objects(TcpRoute.KIND);
    }

    public SortedMap<ObjectRef, TlsRoute> tlsRoutes() {
        return objects(TlsRoute.KIND);
    }

    public SortedMap<ObjectRef, ReferenceGrant> referenceGrants() {
        return objects(ReferenceGrant.KIND);
    }

    /** Every object with its place, by name; made anew at every call. */
    public SortedMap<ObjectRef, Declared> objects() {
        SortedMap<ObjectRef, Declared> all = new TreeMap<>();
        kinds.values()
                .forEach(kind ->
                        kind.objects.forEach((ref, object) -> all.put(ref, new Declared(object, provenance(ref)))));
        return all;
    }
}
