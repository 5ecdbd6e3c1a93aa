package io.signalbox.configservice.compile.port;

import io.signalbox.configservice.compile.backends.Destinations;
import io.signalbox.configservice.compile.backends.Workloads;
import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.hosts.NameForms;
import io.signalbox.configservice.compile.services.MeshService;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One port while it is compiled.
 *
 * @param port the port
 * @param model what the registry says
 * @param workloads the endpoints as they are now
 * @param hosts the hosts to compile; null: all
 * @param scopes the scopes that see anything of it
 * @param destinations the destinations of this port's routes
 * @param forms the forms of host names
 * @param units what is made
 */
public record PortContext(
        int port,
        Model model,
        Workloads workloads,
        @Nullable Set<String> hosts,
        ScopesByHost scopes,
        Destinations destinations,
        NameForms forms,
        Units units) {
    /**
     * A port about which nothing is known yet.
     *
     * @param hosts the hosts to compile, together with all with which they share a Host value or an address; null: all
     */
    public static PortContext of(int port, Model model, Workloads workloads, @Nullable Set<String> hosts) {
        Destinations destinations = new Destinations(port, model.services(), model.policies());
        return new PortContext(
                port,
                model,
                workloads,
                hosts,
                new ScopesByHost(port, model),
                destinations,
                new NameForms(model.services().clusterDomain()),
                new Units(destinations));
    }

    /** Whether the host is to be compiled. */
    public boolean includes(String host) {
        return hosts == null || hosts.contains(host);
    }

    /** The services of the port that are to be compiled, oldest first. */
    public List<MeshService> services() {
        List<MeshService> all = model.services().onPort(port);
        return hosts == null
                ? all
                : all.stream().filter(service -> hosts.contains(service.host())).toList();
    }

    /** Takes findings about the present host. */
    public Findings findings() {
        return units.findings();
    }

    /**
     * The callers to look at for something.
     *
     * @param hosts what it is about
     * @param namespaces those that make a difference
     */
    public List<Caller> callers(Collection<String> hosts, Collection<String> namespaces) {
        return Caller.of(namespaces, scopes.of(hosts));
    }
}
