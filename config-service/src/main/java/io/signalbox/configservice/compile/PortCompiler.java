package io.signalbox.configservice.compile;

import io.signalbox.config.v1.HostPattern;
import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.compile.backends.BackendCompiler;
import io.signalbox.configservice.compile.backends.BackendSpec;
import io.signalbox.configservice.compile.backends.Workloads;
import io.signalbox.configservice.compile.http.HttpPort;
import io.signalbox.configservice.compile.l4.ConnectionPort;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.port.PortContext;
import io.signalbox.configservice.compile.port.Unit;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.snapshot.PortResources;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compiles one port: whole, or only some hosts, or only the backends whose endpoints changed. */
final class PortCompiler {
    private static final Comparator<Resource> BY_NAME = Comparator.comparing(Resource::getName);

    private PortCompiler() {}

    /**
     * Compiles the port whole.
     *
     * @param previous what the port was before; its resources are kept where they come out equal
     * @return null when nothing on the port is routed
     */
    static @Nullable CompiledPort compile(int port, Model model, Workloads workloads, @Nullable CompiledPort previous) {
        return compile(PortContext.of(port, model, workloads, null), previous);
    }

    /**
     * Compiles some hosts of the port, and takes the others as they are.
     *
     * @param hosts all that the change can touch, and all with which these share a Host value or an address
     * @return null when nothing on the port is routed
     */
    static @Nullable CompiledPort compile(
            int port, Model model, Workloads workloads, CompiledPort previous, Set<String> hosts) {
        if (previous.separable() && previous.extent() != HttpPort.Extent.SOME && isSeparable(port, model)) {
            CompiledPort apart = compile(PortContext.of(port, model, workloads, hosts), previous);
            if (apart == null || apart.extent() == previous.extent()) {
                return apart;
            }
        }
        return compile(port, model, workloads, previous);
    }

    private static @Nullable CompiledPort compile(PortContext context, @Nullable CompiledPort previous) {
        HttpPort http = new HttpPort(context);
        new ConnectionPort(context, http).compile();
        http.compile();
        Set<String> fresh = context.hosts();
        SortedMap<String, Unit> units = new TreeMap<>();
        if (fresh != null && previous != null) {
            units.putAll(previous.units());
            units.keySet().removeAll(fresh);
        }
        units.putAll(context.units().all());
        SortedMap<String, BackendSpec> specs = new TreeMap<>();
        List<Resource> resources = new ArrayList<>();
        List<HostPattern> hidden = new ArrayList<>();
        for (Unit unit : units.values()) {
            resources.addAll(unit.resources());
            hidden.addAll(unit.hidden());
            unit.backends().forEach(spec -> specs.put(spec.name(), spec));
        }
        if (!hidden.isEmpty()) {
            resources.add(HttpPort.hidden(hidden));
        }
        for (BackendSpec spec : specs.values()) {
            Resource known = fresh == null
                            || previous == null
                            || fresh.contains(spec.service().host())
                    ? null
                    : find(previous, spec);
            resources.add(known == null ? BackendCompiler.compile(spec, context.workloads()) : known);
        }
        if (resources.isEmpty()) {
            return null;
        }
        resources.sort(BY_NAME);
        return new CompiledPort(
                share(new PortResources(context.port(), resources), previous),
                Collections.unmodifiableSortedMap(units),
                List.copyOf(specs.values()),
                isSeparable(context.port(), context.model()),
                http.extent());
    }

    private static @Nullable Resource find(CompiledPort port, BackendSpec spec) {
        List<Resource> resources = port.resources().resources();
        int at = Collections.binarySearch(
                resources,
                Resource.newBuilder()
                        .setName(BackendCompiler.resourceName(spec))
                        .build(),
                BY_NAME);
        return at < 0 ? null : resources.get(at);
    }

    /**
     * Whether no service of the port may have to do with every other: those for every address, and those whose
     * endpoints are addresses that others may have too.
     */
    private static boolean isSeparable(int port, Model model) {
        for (MeshService service : model.services().onPort(port)) {
            MeshPort declared = service.port(port);
            if (declared != null
                    && declared.protocol().hasConnectionFrontends()
                    && (service.isHeadless() || service.takesEveryAddress())) {
                return false;
            }
        }
        return true;
    }

    /** The port with the endpoints of these services as they are now; itself when they come out equal. */
    static CompiledPort refresh(CompiledPort previous, Set<MeshService> changed, Workloads workloads) {
        List<Resource> resources = null;
        for (BackendSpec backend : previous.backends()) {
            if (changed.contains(backend.service())) {
                Resource now = BackendCompiler.compile(backend, workloads);
                List<Resource> known = resources == null ? previous.resources().resources() : resources;
                int at = Collections.binarySearch(known, now, BY_NAME);
                if (!known.get(at).equals(now)) {
                    resources = resources == null ? new ArrayList<>(known) : resources;
                    resources.set(at, now);
                }
            }
        }
        return resources == null
                ? previous
                : new CompiledPort(
                        new PortResources(previous.resources().port(), resources),
                        previous.units(),
                        previous.backends(),
                        previous.separable(),
                        previous.extent());
    }

    /** The port, with every resource that equals the one before being that very object. */
    private static PortResources share(PortResources now, @Nullable CompiledPort previous) {
        if (previous == null) {
            return now;
        }
        Map<String, Resource> before = new HashMap<>();
        previous.resources().resources().forEach(resource -> before.put(resource.getName(), resource));
        List<Resource> resources = new ArrayList<>(now.resources());
        boolean same = before.size() == resources.size();
        for (int i = 0; i < resources.size(); i++) {
            Resource old = before.get(resources.get(i).getName());
            if (resources.get(i).equals(old)) {
                resources.set(i, old);
            } else {
                same = false;
            }
        }
        return same ? previous.resources() : new PortResources(now.port(), resources);
    }
}
