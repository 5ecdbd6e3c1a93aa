package io.signalbox.configservice.compile.services;

import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.callers.Scope;
import io.signalbox.configservice.compile.callers.Visibility;
import io.signalbox.configservice.registry.Cidr;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** All services of a registry by host and by port, and the aliases of them. Immutable. */
public final class ServiceTable {
    private static final Comparator<MeshService> KUBERNETES_FIRST = Comparator.comparing(
                    (MeshService service) -> !service.isKubernetes())
            .thenComparing(MeshService.CREATION_ORDER);

    private final String clusterDomain;
    private final boolean namespacesAlwaysMatter;
    private final Map<String, List<MeshService>> byHost = new HashMap<>();
    private final TreeMap<Integer, List<MeshService>> byPort = new TreeMap<>();
    private final Map<ObjectRef, List<MeshService>> byObject = new HashMap<>();
    private final Map<MeshService, Integer> creationIndex = new LinkedHashMap<>();
    private final Map<String, Alias> aliases = new LinkedHashMap<>();
    private final Map<String, List<Alias>> aliasesOf = new HashMap<>();
    private final Map<String, List<MeshService>> byAddress = new HashMap<>();
    private final Map<String, Set<String>> byFirstLabel = new HashMap<>();

    /**
     * The services of the registry.
     *
     * @param restricting the scopes that hide services
     * @param previous an earlier table: services whose object is the same there are the same here; null: none
     */
    public ServiceTable(
            Registry registry, String clusterDomain, Collection<Scope> restricting, @Nullable ServiceTable previous) {
        this.clusterDomain = clusterDomain;
        this.namespacesAlwaysMatter =
                restricting.stream().anyMatch(scope -> scope.namespace().isEmpty());
        List<MeshService> all = new ArrayList<>();
        for (Service service : registry.services().values()) {
            if (service.type() != Service.Type.EXTERNAL_NAME) {
                all.addAll(known(service, previous, () -> List.of(MeshService.of(service, clusterDomain))));
            }
        }
        for (ServiceEntry entry : registry.serviceEntries().values()) {
            all.addAll(known(
                    entry,
                    previous,
                    () -> IntStream.range(0, entry.hosts().size())
                            .mapToObj(i -> MeshService.of(entry, i))
                            .toList()));
        }
        all.sort(MeshService.CREATION_ORDER);
        for (MeshService service : all) {
            creationIndex.put(service, creationIndex.size());
            byHost.computeIfAbsent(service.host(), _ -> new ArrayList<>(1)).add(service);
            addFirstLabel(service.host());
            for (Cidr address : service.addresses()) {
                byAddress
                        .computeIfAbsent(addressKey(address), _ -> new ArrayList<>(1))
                        .add(service);
            }
            byObject.computeIfAbsent(service.ref(), _ -> new ArrayList<>(1)).add(service);
            for (MeshPort port : service.ports()) {
                byPort.computeIfAbsent(port.number(), _ -> new ArrayList<>()).add(service);
            }
        }
        byHost.values().forEach(services -> services.sort(KUBERNETES_FIRST));
        readAliases(registry);
    }

    @SuppressWarnings("ReferenceEquality") // what did not change is shared
    private static List<MeshService> known(
            RegistryObject object, @Nullable ServiceTable previous, Supplier<List<MeshService>> made) {
        List<MeshService> known = previous == null ? List.of() : previous.of(object.ref());
        return !known.isEmpty() && known.getFirst().object() == object ? known : made.get();
    }

    private void addFirstLabel(String host) {
        int dot = host.indexOf('.');
        if (dot > 0 && host.endsWith(".svc." + clusterDomain)) {
            byFirstLabel
                    .computeIfAbsent(host.substring(0, dot), _ -> new TreeSet<>())
                    .add(host);
        }
    }

    private static String addressKey(Cidr address) {
        return address.isSingle() ? address.address().hostText() : address.toString();
    }

    private void readAliases(Registry registry) {
        Map<String, Service> services = new LinkedHashMap<>();
        for (Service service : registry.services().values()) {
            if (service.type() == Service.Type.EXTERNAL_NAME) {
                services.put(service.hostName(clusterDomain), service);
            }
        }
        services.forEach((host, service) -> {
            Alias alias = new Alias(service, host, endOfChain(service, services));
            aliases.put(host, alias);
            addFirstLabel(host);
            if (alias.concrete() != null) {
                aliasesOf
                        .computeIfAbsent(alias.concrete(), _ -> new ArrayList<>(1))
                        .add(alias);
            }
        });
    }

    private @Nullable String endOfChain(Service first, Map<String, Service> services) {
        Set<String> seen = new HashSet<>();
        Service alias = first;
        while (alias != null) {
            String target = alias.externalName().endsWith(".")
                    ? alias.externalName().substring(0, alias.externalName().length() - 1)
                    : alias.externalName();
            if (byHost.containsKey(target)) {
                return target;
            }
            alias = seen.add(target) ? services.get(target) : null;
        }
        return null;
    }

    /** Suffix of Kubernetes' host names. */
    public String clusterDomain() {
        return clusterDomain;
    }

    /** The services that an object declares. */
    public List<MeshService> of(ObjectRef object) {
        return byObject.getOrDefault(object, List.of());
    }

    /** All services, oldest first. */
    public Collection<MeshService> all() {
        return Collections.unmodifiableCollection(creationIndex.keySet());
    }

    /** Every port that some service declares, ordered. */
    public SortedSet<Integer> ports() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(byPort.keySet()));
    }

    /** Every host that a service declares. */
    public Set<String> hosts() {
        return Collections.unmodifiableSet(byHost.keySet());
    }

    /** The services that declare the port, oldest first. */
    public List<MeshService> onPort(int port) {
        return byPort.getOrDefault(port, List.of());
    }

    /** The services with this very host, those of Kubernetes before entries, then the oldest first. */
    public List<MeshService> withHost(String host) {
        return byHost.getOrDefault(host, List.of());
    }

    /** Position of the service in the order of creation. */
    public int creationIndex(MeshService service) {
        return creationIndex.getOrDefault(service, Integer.MAX_VALUE);
    }

    /** All aliases. */
    public Collection<Alias> aliases() {
        return Collections.unmodifiableCollection(aliases.values());
    }

    /** The alias with this host. */
    public @Nullable Alias alias(String host) {
        return aliases.get(host);
    }

    /** The aliases that end at this host. */
    public List<Alias> aliasesOf(String host) {
        return aliasesOf.getOrDefault(host, List.of());
    }

    /** The services with an address or range of this one's, itself among them. */
    public Set<MeshService> sharingAddress(MeshService service) {
        Set<MeshService> sharing = new LinkedHashSet<>();
        service.addresses().forEach(address -> sharing.addAll(byAddress.getOrDefault(addressKey(address), List.of())));
        return sharing;
    }

    /** The services with this one address, as text. */
    public List<MeshService> withAddress(String address) {
        return byAddress.getOrDefault(address, List.of());
    }

    /** The hosts of Kubernetes' services and aliases whose name begins with this label. */
    public Set<String> hostsOf(String firstLabel) {
        return byFirstLabel.getOrDefault(firstLabel, Set.of());
    }

    /** Namespaces whose callers may mean another service by this host than others do. */
    public Set<String> mentions(String host) {
        List<MeshService> services = withHost(host);
        boolean simple =
                services.size() == 1 && services.getFirst().visibility().everyone() && !namespacesAlwaysMatter;
        if (simple || services.isEmpty()) {
            return Set.of();
        }
        Set<String> mentions = new TreeSet<>();
        for (MeshService service : services) {
            mentions.add(service.namespace());
            mentions.addAll(service.visibility().namespaces());
        }
        return mentions;
    }

    /**
     * The service with the host that the caller means, on a port that it declares; null when there is none.
     *
     * <p>Of several the caller's namespace comes first, then Kubernetes, then the oldest; services of one namespace
     * share their ports.
     */
    public @Nullable MeshService select(String host, int port, Caller caller) {
        List<MeshService> services = withHost(host);
        if (services.size() == 1) {
            MeshService only = services.getFirst();
            return sees(caller, only, port) && only.port(port) != null ? only : null;
        }
        for (MeshService service : ofOneNamespace(services, caller, port)) {
            if (service.port(port) != null) {
                return service;
            }
        }
        return null;
    }

    /** The services with the host that the caller means, whatever their ports; scopes are not looked at. */
    public List<MeshService> select(String host, Caller caller) {
        return ofOneNamespace(withHost(host), caller.unscoped(), 0);
    }

    private static List<MeshService> ofOneNamespace(List<MeshService> services, Caller caller, int port) {
        List<MeshService> seen = new ArrayList<>(services.size());
        String namespace = null;
        for (MeshService service : services) {
            if (sees(caller, service, port)) {
                seen.add(service);
                if (namespace == null || service.namespace().equals(caller.namespace())) {
                    namespace = service.namespace();
                }
            }
        }
        String chosen = namespace;
        return seen.stream()
                .filter(service -> service.namespace().equals(chosen))
                .toList();
    }

    private static boolean sees(Caller caller, MeshService service, int port) {
        Visibility visibility = service.visibility();
        return visibility.includes(caller.namespace())
                && (caller.scope() == null
                        || caller.scope().imports(caller.namespace(), service.namespace(), service.host(), port));
    }
}
