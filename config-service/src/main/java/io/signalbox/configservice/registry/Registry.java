package io.signalbox.configservice.registry;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
    private final Map<ObjectRef, Provenance> provenance;
    private final SortedMap<ObjectRef, Namespace> namespaces = new TreeMap<>();
    private final SortedMap<ObjectRef, Service> services = new TreeMap<>();
    private final SortedMap<ObjectRef, EndpointSlice> endpointSlices = new TreeMap<>();
    private final SortedMap<ObjectRef, Pod> pods = new TreeMap<>();
    private final SortedMap<ObjectRef, DestinationRule> destinationRules = new TreeMap<>();

    /**
     * The registry with these objects, each once.
     *
     * @param objects the objects and where they stand
     * @throws IllegalArgumentException when one stands twice
     */
    public Registry(Revision revision, Collection<Declared> objects) {
        this.revision = revision;
        Map<ObjectRef, Provenance> places = new TreeMap<>();
        for (Declared declared : objects) {
            RegistryObject object = declared.object();
            ObjectRef ref = object.ref();
            if (places.put(ref, declared.provenance()) != null) {
                throw new IllegalArgumentException("objects: " + ref + " stands twice (expected: each once)");
            }
            switch (object) {
                case Namespace namespace -> namespaces.put(ref, namespace);
                case Service service -> services.put(ref, service);
                case EndpointSlice slice -> endpointSlices.put(ref, slice);
                case Pod pod -> pods.put(ref, pod);
                case DestinationRule rule -> destinationRules.put(ref, rule);
            }
        }
        this.provenance = Collections.unmodifiableMap(places);
    }

    /** Which state this is. */
    public Revision revision() {
        return revision;
    }

    /** Where the object stands; {@link Provenance#UNKNOWN} when it is not declared. */
    public Provenance provenance(ObjectRef ref) {
        return provenance.getOrDefault(ref, Provenance.UNKNOWN);
    }

    /** Number of objects of all kinds. */
    public int size() {
        return provenance.size();
    }

    public SortedMap<ObjectRef, Namespace> namespaces() {
        return Collections.unmodifiableSortedMap(namespaces);
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

    public SortedMap<ObjectRef, DestinationRule> destinationRules() {
        return Collections.unmodifiableSortedMap(destinationRules);
    }

    /** Every object's name, ordered. */
    public Collection<ObjectRef> refs() {
        return provenance.keySet();
    }
}
