package io.signalbox.agent.upstream;

import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.Discovery;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.resolve.Names;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Puts addresses in the place of the names of a backend's endpoints. */
final class NamedEndpoints {
    private NamedEndpoints() {}

    /** The names of its endpoints. */
    static Set<String> names(Backend backend) {
        Set<String> names = new LinkedHashSet<>();
        for (BackendEndpoint endpoint : backend.endpoints()) {
            if (endpoint.resolved() == null) {
                names.add(endpoint.hostName());
            }
        }
        return names;
    }

    /**
     * The endpoints with all addresses that are known now, each once. With {@link Discovery#DNS_ROUND_ROBIN} a name
     * that has an address stays a name, which means another address from time to time while open connections stay.
     */
    static List<BackendEndpoint> resolve(Backend backend, Names names) {
        List<BackendEndpoint> resolved = new ArrayList<>(backend.endpoints().size());
        Set<Endpoint> seen = new HashSet<>();
        for (BackendEndpoint endpoint : backend.endpoints()) {
            if (endpoint.resolved() != null) {
                resolved.add(endpoint);
                continue;
            }
            List<InetAddress> addresses = names.addresses(endpoint.hostName());
            if (backend.discovery() == Discovery.DNS_ROUND_ROBIN) {
                if (!addresses.isEmpty()) {
                    resolved.add(endpoint);
                }
                continue;
            }
            for (InetAddress address : addresses) {
                Endpoint at = new Endpoint(address, endpoint.port());
                if (seen.add(at)) {
                    resolved.add(new BackendEndpoint(
                            at,
                            "",
                            endpoint.port(),
                            endpoint.weight(),
                            endpoint.locality(),
                            endpoint.node(),
                            endpoint.priorityLabels()));
                }
            }
        }
        return resolved;
    }
}
