package io.signalbox.configservice.compile;

import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.compile.backends.BackendCompiler;
import io.signalbox.configservice.compile.backends.BackendSpec;
import io.signalbox.configservice.compile.backends.Workloads;
import io.signalbox.configservice.compile.http.HttpPort;
import io.signalbox.configservice.compile.l4.ConnectionPort;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.port.PortContext;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.snapshot.PortResources;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles one port: whole, or only the backends whose endpoints changed. */
final class PortCompiler {
    private PortCompiler() {}

    /**
     * Compiles the port whole.
     *
     * @param previous what the port was before; its resources are kept where they come out equal
     * @return null when nothing on the port is routed
     */
    static @Nullable CompiledPort compile(int port, Model model, Workloads workloads, @Nullable CompiledPort previous) {
        PortContext context = PortContext.of(port, model, workloads);
        HttpPort http = new HttpPort(context);
        List<Resource> resources = new ArrayList<>(new ConnectionPort(context, http).compile());
        resources.addAll(http.compile());
        List<BackendSpec> backends =
                List.copyOf(context.destinations().backends().values());
        for (BackendSpec backend : backends) {
            resources.add(BackendCompiler.compile(backend, workloads));
        }
        if (resources.isEmpty()) {
            return null;
        }
        resources.sort(Comparator.comparing(Resource::getName));
        PortResources shared = share(new PortResources(port, resources), previous);
        return new CompiledPort(shared, backends, context.findings().all());
    }

    /** The port with the endpoints of these services as they are now; itself when they come out equal. */
    static CompiledPort refresh(CompiledPort previous, Set<MeshService> changed, Workloads workloads) {
        List<Resource> resources = null;
        for (BackendSpec backend : previous.backends()) {
            if (changed.contains(backend.service())) {
                Resource now = BackendCompiler.compile(backend, workloads);
                List<Resource> known = resources == null ? previous.resources().resources() : resources;
                int at = Collections.binarySearch(known, now, Comparator.comparing(Resource::getName));
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
                        previous.backends(),
                        previous.problems());
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
