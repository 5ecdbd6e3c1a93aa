package io.signalbox.configservice.compile.l4;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.AddressFrontend;
import io.signalbox.config.v1.FrontendProtocol;
import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.compile.backends.Targets;
import io.signalbox.configservice.compile.callers.Answers;
import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.http.HttpPort;
import io.signalbox.configservice.compile.port.PortContext;
import io.signalbox.configservice.compile.port.SharedPort;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.compile.services.PortProtocol;
import io.signalbox.configservice.registry.Cidr;
import io.signalbox.configservice.registry.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Frontends by address: of services, of the endpoints of headless ones, of ranges, and of every address. */
final class AddressFrontends {
    private static final Cidr EVERY_V4 = new Cidr(new IpAddress(false, 0, 0), 0);
    private static final Cidr EVERY_V6 = new Cidr(new IpAddress(true, 0, 0), 0);

    private final PortContext context;
    private final ConnectionRoutes routes;
    private final HttpPort http;
    /** The services that claim an address, oldest first. */
    private final SortedMap<Cidr, Set<MeshService>> claims = new TreeMap<>();

    AddressFrontends(PortContext context, ConnectionRoutes routes, HttpPort http) {
        this.context = context;
        this.routes = routes;
        this.http = http;
        for (MeshService service : context.services()) {
            context.units().begin(service.host());
            MeshPort port = service.port(context.port());
            if (port != null && port.protocol().hasConnectionFrontends()) {
                for (Cidr address : addresses(service, port)) {
                    claims.computeIfAbsent(address, _ -> new LinkedHashSet<>()).add(service);
                }
            }
        }
    }

    private List<Cidr> addresses(MeshService service, MeshPort port) {
        if (service.isHeadless()) {
            return Targets.addresses(service, port, context.workloads()).stream()
                    .map(Cidr::of)
                    .toList();
        }
        boolean everyAddress = service.takesEveryAddress() && port.protocol().family() != PortProtocol.Family.TLS;
        if (everyAddress
                && SharedPort.losesEveryAddress(
                        service, context.model().services().onPort(context.port()), context.port())) {
            context.findings()
                    .warn(
                            service.ref(),
                            "spec.addresses",
                            "port " + context.port() + " has an older service with HTTP, which " + port.protocol()
                                    + " to every address cannot share it with; add spec.addresses");
            return List.of();
        }
        return everyAddress ? List.of(EVERY_V4, EVERY_V6) : service.addresses();
    }

    void compile() {
        claims.forEach((address, services) -> {
            context.units().begin(services.iterator().next().host());
            Map<Caller, @Nullable AddressFrontend> frontends = Answers.of(
                    context.callers(hosts(services), mentions(services)),
                    caller -> frontend(address, services, caller));
            frontends.forEach((caller, frontend) -> context.units().add(resource(address, caller, frontend)));
            reportLosers(address, services);
        });
    }

    private static Set<String> hosts(Set<MeshService> services) {
        Set<String> hosts = new LinkedHashSet<>();
        services.forEach(service -> hosts.add(service.host()));
        return hosts;
    }

    private Set<String> mentions(Set<MeshService> services) {
        Set<String> mentions = new TreeSet<>();
        for (MeshService service : services) {
            mentions.addAll(context.model().services().mentions(service.host()));
            mentions.addAll(routes.mentions(service.host()));
            mentions.addAll(http.mentions(service.host()));
        }
        return mentions;
    }

    private Resource resource(Cidr address, Caller caller, @Nullable AddressFrontend frontend) {
        AddressFrontend.Builder built = frontend == null
                ? AddressFrontend.newBuilder()
                        .setAddress(ByteString.copyFrom(address.address().bytes()))
                        .setPrefixLength(address.prefixLength())
                        .setProtocol(FrontendProtocol.FRONTEND_PROTOCOL_TCP)
                : frontend.toBuilder();
        if (!caller.equals(Caller.ANY)) {
            built.setAudience(caller.audience());
        }
        return Resource.newBuilder()
                .setName("address/" + address.address() + "/" + address.prefixLength() + caller.suffix())
                .setAddressFrontend(built)
                .build();
    }

    /** The services that claim the address for a caller, the one that has it first. */
    private List<MeshService> claimants(Set<MeshService> services, Caller caller) {
        List<MeshService> byName = new ArrayList<>(1);
        List<MeshService> byEveryone = new ArrayList<>(1);
        for (MeshService service : services) {
            if (context.model().services().select(service.host(), context.port(), caller) == service) {
                (service.visibility().everyone() ? byEveryone : byName).add(service);
            }
        }
        byName.addAll(byEveryone);
        return byName;
    }

    private @Nullable AddressFrontend frontend(Cidr address, Set<MeshService> services, Caller caller) {
        List<MeshService> claimants = claimants(services, caller);
        if (claimants.isEmpty()) {
            return null;
        }
        MeshService owner = claimants.getFirst();
        FrontendProtocol protocol = protocol(address, routes.port(owner));
        return AddressFrontend.newBuilder()
                .setAddress(ByteString.copyFrom(address.address().bytes()))
                .setPrefixLength(address.prefixLength())
                .setService(owner.host())
                .setProtocol(protocol)
                .setVirtualHost(
                        protocol == FrontendProtocol.FRONTEND_PROTOCOL_DETECT
                                ? http.virtualHost(owner.host(), caller)
                                : "")
                .addAllRoutes(routes(claimants, caller))
                .setPodAddress(owner.isHeadless())
                .build();
    }

    /** What is detected on a port without addresses goes by Host; the rest of it is opaque. */
    private static FrontendProtocol protocol(Cidr address, MeshPort port) {
        if (address.prefixLength() == 0) {
            return FrontendProtocol.FRONTEND_PROTOCOL_TCP;
        }
        return switch (port.protocol().family()) {
            case TLS -> FrontendProtocol.FRONTEND_PROTOCOL_TLS;
            case DETECT -> FrontendProtocol.FRONTEND_PROTOCOL_DETECT;
            case TCP, HTTP, NONE -> FrontendProtocol.FRONTEND_PROTOCOL_TCP;
        };
    }

    /** Several services with TLS share an address as long as SNI tells them apart. */
    private List<L4Route> routes(List<MeshService> claimants, Caller caller) {
        List<L4Route> all = new ArrayList<>();
        int sharing = 0;
        for (MeshService service : claimants) {
            if (!all.isEmpty() && (isSettled(all) || !isTls(service) || !isTls(claimants.getFirst()))) {
                break;
            }
            all.addAll(routes.atAddress(service, caller));
            sharing++;
        }
        return sharing == 1 ? all : RouteOrder.shared(all);
    }

    private static boolean isSettled(List<L4Route> routes) {
        return routes.stream().anyMatch(route -> route.getSniHost().isEmpty());
    }

    private boolean isTls(MeshService service) {
        return routes.port(service).protocol().family() == PortProtocol.Family.TLS;
    }

    private void reportLosers(Cidr address, Set<MeshService> services) {
        if (services.size() < 2) {
            return;
        }
        List<MeshService> claimants = claimants(services, Caller.ANY);
        for (int i = 1; i < claimants.size(); i++) {
            MeshService loser = claimants.get(i);
            if (routes(claimants, Caller.ANY).stream()
                    .noneMatch(route -> route.getService().equals(loser.host()))) {
                MeshService owner = claimants.getFirst();
                String what = address.prefixLength() == 0
                        ? "every address on port " + context.port()
                        : (address.isSingle() ? address.address().hostText() : address.toString()) + ":"
                                + context.port();
                context.findings()
                        .warn(
                                loser.ref(),
                                loser.isKubernetes() ? "spec.clusterIPs" : "spec.addresses",
                                what + " belongs to the older service " + owner.namespace() + "/"
                                        + owner.object().metadata().name()
                                        + "; not matched for this one. Give one of them another address or port");
            }
        }
    }
}
