package io.signalbox.configservice.compile.rules;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.RuleRef;
import io.signalbox.config.v1.Subnet;
import io.signalbox.config.v1.WeightedBackend;
import io.signalbox.configservice.compile.backends.Destinations;
import io.signalbox.configservice.compile.callers.Visibility;
import io.signalbox.configservice.compile.hosts.Hosts;
import io.signalbox.configservice.registry.Cidr;
import io.signalbox.configservice.registry.Destination;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.registry.RouteDestination;
import io.signalbox.configservice.registry.VirtualService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The rules of a VirtualService that is for the mesh. */
public final class VirtualServiceRules extends RuleSet {
    private final VirtualService virtualService;
    private final String clusterDomain;
    private final List<HttpStep> http;
    private final Set<String> sourceNamespaces = new TreeSet<>();

    private VirtualServiceRules(VirtualService virtualService, List<HttpStep> http, String clusterDomain) {
        super(
                virtualService.ref(),
                virtualService.metadata(),
                Visibility.of(
                        virtualService.exportTo(), virtualService.metadata().namespace()),
                virtualService.hosts().stream()
                        .map(host -> Hosts.full(host, virtualService.metadata().namespace(), clusterDomain))
                        .toList());
        this.virtualService = virtualService;
        this.clusterDomain = clusterDomain;
        this.http = http;
        http.forEach(step -> step.rule()
                .match()
                .forEach(match -> sourceNamespaces.add(match.caller().sourceNamespace())));
        virtualService
                .tls()
                .forEach(rule -> rule.match()
                        .forEach(match -> sourceNamespaces.add(match.caller().sourceNamespace())));
        virtualService
                .tcp()
                .forEach(rule -> rule.match()
                        .forEach(match -> sourceNamespaces.add(match.caller().sourceNamespace())));
        sourceNamespaces.remove("");
    }

    /** The VirtualServices of a registry that callers of the mesh get: not those of gateways, nor delegates. */
    public static List<RuleSet> of(Registry registry, String clusterDomain) {
        Delegation delegation = new Delegation(ref -> registry.virtualServices().get(ref));
        List<RuleSet> rules = new ArrayList<>();
        for (VirtualService virtualService : registry.virtualServices().values()) {
            if (virtualService.isForMesh() && !virtualService.hosts().isEmpty()) {
                rules.add(new VirtualServiceRules(virtualService, delegation.steps(virtualService), clusterDomain));
            }
        }
        return rules;
    }

    /** The object. */
    public VirtualService virtualService() {
        return virtualService;
    }

    /** Whether a VirtualService without hosts may stand in for rules of another. */
    public static boolean isDelegateOf(VirtualService delegate, VirtualService root) {
        return delegate.hosts().isEmpty()
                && Visibility.of(delegate.exportTo(), delegate.metadata().namespace())
                        .includes(root.metadata().namespace());
    }

    /** Whether other VirtualServices may stand in for some of its rules. */
    public boolean delegates() {
        return virtualService.http().stream().anyMatch(rule -> rule.delegate() != null);
    }

    @Override
    public Set<String> destinations() {
        Set<String> hosts = new HashSet<>();
        for (HttpStep step : http) {
            String owner = step.owner().namespace();
            step.rule().route().forEach(to -> add(to.destination(), owner, hosts));
            step.rule().mirrors().forEach(mirror -> add(mirror.destination(), owner, hosts));
        }
        virtualService.tls().forEach(rule -> rule.route().forEach(to -> add(to.destination(), namespace(), hosts)));
        virtualService.tcp().forEach(rule -> rule.route().forEach(to -> add(to.destination(), namespace(), hosts)));
        return hosts;
    }

    private void add(Destination destination, String owner, Set<String> hosts) {
        hosts.add(Hosts.full(destination.host(), owner, clusterDomain));
        hosts.add(Hosts.full(destination.host(), namespace(), clusterDomain));
    }

    @Override
    public Set<String> sourceNamespaces() {
        return sourceNamespaces;
    }

    @Override
    public List<Route> http(String callerNamespace, Destinations destinations) {
        List<Route> routes = new ArrayList<>();
        for (HttpStep step : http) {
            Route route = HttpRoutes.of(step, callerNamespace, destinations);
            if (route != null) {
                routes.add(route);
                if (route.getMatchesCount() == 0
                        || route.getMatchesList().stream().anyMatch(Matches::takesAll)) {
                    break;
                }
            }
        }
        return routes;
    }

    @Override
    public List<L4Route> tls(String callerNamespace, Destinations destinations) {
        List<L4Route> routes = new ArrayList<>();
        for (int i = 0; i < virtualService.tls().size(); i++) {
            VirtualService.TlsRule rule = virtualService.tls().get(i);
            for (VirtualService.L4Match match : rule.match()) {
                if (Matches.canHoldForConnection(match.caller(), destinations.dialledPort(), callerNamespace)) {
                    L4Route route = route(i, rule.route(), match, destinations);
                    for (String sni : match.sniHosts()) {
                        addPerSubnet(route.toBuilder().setSniHost(sni), match, routes);
                    }
                }
            }
        }
        return routes;
    }

    @Override
    public List<L4Route> tcp(String callerNamespace, Destinations destinations) {
        List<L4Route> routes = new ArrayList<>();
        for (int i = 0; i < virtualService.tcp().size(); i++) {
            VirtualService.TcpRule rule = virtualService.tcp().get(i);
            List<VirtualService.L4Match> matches = rule.match().isEmpty() ? List.of(EVERYTHING) : rule.match();
            for (VirtualService.L4Match match : matches) {
                if (Matches.canHoldForConnection(match.caller(), destinations.dialledPort(), callerNamespace)) {
                    addPerSubnet(route(i, rule.route(), match, destinations).toBuilder(), match, routes);
                }
            }
        }
        return routes;
    }

    private static final VirtualService.L4Match EVERYTHING =
            new VirtualService.L4Match(List.of(), List.of(), io.signalbox.configservice.registry.CallerMatch.ANY);

    private L4Route route(
            int index, List<RouteDestination> route, VirtualService.L4Match match, Destinations destinations) {
        L4Route.Builder built = L4Route.newBuilder()
                .setRule(RuleRef.newBuilder()
                        .setKind(VirtualService.KIND)
                        .setNamespace(namespace())
                        .setName(virtualService.metadata().name())
                        .setIndex(index))
                .addAllSourceLabels(Matches.labels(match.caller().sourceLabels()));
        for (RouteDestination destination : route) {
            String host = Hosts.full(destination.destination().host(), namespace(), clusterDomain);
            WeightedBackend.Builder to = destinations.to(
                    host,
                    destination.destination().port(),
                    destination.destination().subset());
            built.addBackends(route.size() == 1 ? to : to.setWeight(destination.weight()));
        }
        return built.build();
    }

    private static void addPerSubnet(L4Route.Builder route, VirtualService.L4Match match, List<L4Route> routes) {
        if (match.destinationSubnets().isEmpty()) {
            routes.add(route.build());
        }
        for (Cidr subnet : match.destinationSubnets()) {
            routes.add(route.setDestinationSubnet(Subnet.newBuilder()
                            .setAddress(ByteString.copyFrom(subnet.address().bytes()))
                            .setPrefixLength(subnet.prefixLength()))
                    .build());
        }
    }
}
