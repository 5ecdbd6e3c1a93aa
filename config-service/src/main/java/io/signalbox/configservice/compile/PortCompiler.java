package io.signalbox.configservice.compile;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.EndpointSlice;
import io.signalbox.configservice.registry.IpAddress;
import io.signalbox.configservice.registry.LoadBalancerSettings;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.TrafficPolicy;
import io.signalbox.configservice.registry.Transport;
import io.signalbox.configservice.snapshot.AddressFrontend;
import io.signalbox.configservice.snapshot.Backend;
import io.signalbox.configservice.snapshot.Endpoint;
import io.signalbox.configservice.snapshot.FrontendProtocol;
import io.signalbox.configservice.snapshot.L4Route;
import io.signalbox.configservice.snapshot.LoadBalancer;
import io.signalbox.configservice.snapshot.PortSnapshot;
import io.signalbox.configservice.snapshot.Resource;
import io.signalbox.configservice.snapshot.Route;
import io.signalbox.configservice.snapshot.RouteAction;
import io.signalbox.configservice.snapshot.VirtualHost;
import io.signalbox.configservice.snapshot.WeightedBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compiles one port once: make one, call {@link #compile}, drop it. */
final class PortCompiler {
    /**
     * A compiled port.
     *
     * @param snapshot null when nothing on the port is routed
     */
    record Result(@Nullable PortSnapshot snapshot, List<Problem> problems) {}

    private record Claimant(Service service, Service.Port port, PortProtocol protocol, List<IpAddress> addresses) {}

    private final int port;
    private final Index index;
    private final List<Resource> resources = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    PortCompiler(int port, Index index) {
        this.port = port;
        this.index = index;
    }

    /**
     * Compiles the port.
     *
     * @param previous what the port had before; its resources are kept where they come out equal
     */
    Result compile(@Nullable PortSnapshot previous) {
        List<Claimant> claimants = claimants();
        HostNames names = hostNames(claimants);
        for (Claimant claimant : claimants) {
            compileService(claimant, names);
        }
        for (Claimant claimant : claimants) {
            String loss = names.losses().get(index.hostName(claimant.service()));
            if (loss != null) {
                warn(claimant.service(), "metadata.name", loss);
            }
        }
        return new Result(share(previous), List.copyOf(problems));
    }

    /** The services of the port in the order of their creation, each with the addresses that it owns. */
    private List<Claimant> claimants() {
        Map<IpAddress, Service> owners = new HashMap<>();
        List<Claimant> claimants = new ArrayList<>();
        for (Service service : index.services(port)) {
            for (Service.Port declared : service.ports()) {
                PortProtocol protocol = PortProtocol.of(declared);
                if (declared.port() == port && protocol != PortProtocol.NONE) {
                    claimants.add(new Claimant(service, declared, protocol, ownAddresses(service, owners)));
                }
            }
        }
        return claimants;
    }

    private List<IpAddress> ownAddresses(Service service, Map<IpAddress, Service> owners) {
        List<IpAddress> own = new ArrayList<>();
        for (IpAddress address : new TreeSet<>(service.clusterIps())) {
            Service owner = owners.putIfAbsent(address, service);
            if (owner == null) {
                own.add(address);
            } else {
                warn(
                        service,
                        "spec.clusterIPs",
                        address.hostText() + ":" + port + " belongs to the older service "
                                + owner.metadata().namespace() + "/"
                                + owner.metadata().name() + "; not matched for this one");
            }
        }
        return own;
    }

    /**
     * Where no service declares HTTP on the port, its detected services are found by address alone and own no names.
     */
    private HostNames hostNames(List<Claimant> claimants) {
        HostNames names = new HostNames(index.clusterDomain());
        if (claimants.stream().anyMatch(claimant -> claimant.protocol() == PortProtocol.HTTP)) {
            for (Claimant claimant : claimants) {
                if (claimant.protocol() == PortProtocol.HTTP || claimant.protocol() == PortProtocol.DETECT) {
                    names.claim(claimant.service(), claimant.addresses());
                }
            }
        }
        return names;
    }

    private void compileService(Claimant claimant, HostNames names) {
        switch (claimant.protocol()) {
            case HTTP -> {
                resources.add(virtualHost(claimant, names));
                resources.add(backend(claimant));
            }
            case TCP -> compileFrontends(claimant, FrontendProtocol.TCP, "");
            case TLS -> compileFrontends(claimant, FrontendProtocol.TLS, "");
            case DETECT -> {
                VirtualHost virtualHost = virtualHost(claimant, names);
                compileFrontends(claimant, FrontendProtocol.DETECT, virtualHost.name());
                if (!claimant.addresses().isEmpty() || !virtualHost.hosts().isEmpty()) {
                    resources.add(virtualHost);
                }
                if (claimant.addresses().isEmpty() && !virtualHost.hosts().isEmpty()) {
                    resources.add(backend(claimant));
                }
            }
            case NONE -> {}
        }
    }

    private void compileFrontends(Claimant claimant, FrontendProtocol protocol, String virtualHost) {
        for (IpAddress address : claimant.addresses()) {
            resources.add(new AddressFrontend(
                    address,
                    address.bits(),
                    index.hostName(claimant.service()),
                    protocol,
                    new L4Route(List.of(new WeightedBackend(backendName(claimant), 1))),
                    virtualHost));
        }
        if (!claimant.addresses().isEmpty()) {
            resources.add(backend(claimant));
        }
    }

    private VirtualHost virtualHost(Claimant claimant, HostNames names) {
        String host = index.hostName(claimant.service());
        return new VirtualHost(
                host,
                host,
                names.owned(host),
                List.of(new Route(new RouteAction.Forward(List.of(new WeightedBackend(backendName(claimant), 1))))),
                claimant.addresses());
    }

    private String backendName(Claimant claimant) {
        return index.hostName(claimant.service()) + ":" + port;
    }

    private Backend backend(Claimant claimant) {
        LoadBalancer loadBalancer = switch (index.rules()
                .ruleFor(claimant.service())
                .map(DestinationRule::trafficPolicy)
                .map(TrafficPolicy::loadBalancer)
                .map(LoadBalancerSettings::simple)
                .orElse(LoadBalancerSettings.Simple.UNSPECIFIED)) {
            case UNSPECIFIED, LEAST_REQUEST, LEAST_CONN, PASSTHROUGH -> LoadBalancer.LEAST_REQUEST;
            case ROUND_ROBIN -> LoadBalancer.ROUND_ROBIN;
            case RANDOM -> LoadBalancer.RANDOM;
        };
        return new Backend(
                backendName(claimant), index.hostName(claimant.service()), port, loadBalancer, endpoints(claimant));
    }

    private List<Endpoint> endpoints(Claimant claimant) {
        TreeSet<Endpoint> endpoints = new TreeSet<>();
        for (EndpointSlice slice : index.slices(claimant.service())) {
            for (EndpointSlice.Port slicePort : slice.ports()) {
                if (slicePort.name().equals(claimant.port().name())
                        && slicePort.transport() == Transport.TCP
                        && slicePort.port() != 0) {
                    addEndpoints(slice, slicePort.port(), claimant.service(), endpoints);
                }
            }
        }
        return List.copyOf(endpoints);
    }

    private static void addEndpoints(EndpointSlice slice, int targetPort, Service service, Set<Endpoint> endpoints) {
        for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
            boolean wanted = endpoint.ready() || service.publishNotReadyAddresses();
            if (wanted && !endpoint.terminating()) {
                endpoint.addresses().forEach(address -> endpoints.add(new Endpoint(address, targetPort)));
            }
        }
    }

    /** The snapshot, with every resource that equals the one before being that very object. */
    private @Nullable PortSnapshot share(@Nullable PortSnapshot previous) {
        if (resources.isEmpty()) {
            return null;
        }
        if (previous == null) {
            return new PortSnapshot(port, resources);
        }
        Map<String, Resource> before = new HashMap<>();
        previous.resources().forEach(resource -> before.put(resource.resourceName(), resource));
        boolean same = before.size() == resources.size();
        for (int i = 0; i < resources.size(); i++) {
            Resource old = before.get(resources.get(i).resourceName());
            if (resources.get(i).equals(old)) {
                resources.set(i, old);
            } else {
                same = false;
            }
        }
        return same ? previous : new PortSnapshot(port, resources);
    }

    private void warn(Service service, String path, String message) {
        problems.add(new Problem(Problem.Severity.WARNING, Provenance.UNKNOWN, service.ref(), path, message));
    }
}
