package io.signalbox.configservice.compile.port;

import io.signalbox.configservice.compile.backends.Destinations;
import io.signalbox.configservice.compile.backends.Workloads;
import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.hosts.NameForms;
import java.util.Collection;
import java.util.List;

/**
 * One port while it is compiled.
 *
 * @param port the port
 * @param model what the registry says
 * @param workloads the endpoints as they are now
 * @param scopes the scopes that see anything of it
 * @param destinations the destinations of this port's routes
 * @param forms the forms of host names
 * @param findings what there is to say
 */
public record PortContext(
        int port,
        Model model,
        Workloads workloads,
        ScopesByHost scopes,
        Destinations destinations,
        NameForms forms,
        Findings findings) {
    /** A port about which nothing is known yet. */
    public static PortContext of(int port, Model model, Workloads workloads) {
        return new PortContext(
                port,
                model,
                workloads,
                new ScopesByHost(port, model),
                new Destinations(port, model.services(), model.policies()),
                new NameForms(model.services().clusterDomain()),
                new Findings());
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
