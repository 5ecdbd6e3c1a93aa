package io.signalbox.configservice.compile.http;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.HostPattern;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.VirtualHost;
import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.hosts.NameForms;
import io.signalbox.configservice.compile.port.PortContext;
import io.signalbox.configservice.compile.rules.HttpRoutes;
import io.signalbox.configservice.compile.rules.RuleSet;
import io.signalbox.configservice.compile.services.Alias;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.compile.services.PortProtocol;
import io.signalbox.configservice.registry.Cidr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * HTTP on one port. Make one, ask it for {@link #virtualHost}s, call {@link #compile}, drop it.
 *
 * <p>Every host is looked at for "any caller" and for the namespaces that some object involved names, never for all
 * namespaces.
 */
public final class HttpPort {
    /** For how many callers a port has HTTP by Host. */
    public enum Extent {
        NONE,
        SOME,
        ALL
    }

    private static final String UNMATCHED = "(unmatched)";

    private record RuleKey(RuleSet rules, String namespace) {}

    private final PortContext context;
    private final HttpCallers httpCallers;
    private final LiteralHosts literals;
    private final Map<String, HostView> views = new LinkedHashMap<>();
    private final Map<RuleKey, Optional<RouteList>> routeLists = new HashMap<>();
    private final Set<String> needed = new LinkedHashSet<>();

    /** The HTTP side of a port. */
    public HttpPort(PortContext context) {
        this.context = context;
        httpCallers = new HttpCallers(context);
        literals = new LiteralHosts(context, httpCallers);
        for (MeshService service : context.services()) {
            if (isHttp(service)) {
                views.computeIfAbsent(service.host(), this::serviceView);
            }
        }
        for (String literal : literals.candidates()) {
            views.computeIfAbsent(literal, this::literalView);
        }
    }

    private boolean isHttp(MeshService service) {
        MeshPort port = service.port(context.port());
        return port != null && port.protocol().mayBeHttp();
    }

    /**
     * The virtual host that answers HTTP for a service on a detected port, which is then made even if it owns no Host
     * value; empty when the caller does not see it.
     */
    public String virtualHost(String host, Caller caller) {
        HostView view = views.get(host);
        HostView.Variant variant = view == null ? null : view.variant(caller);
        if (variant == null) {
            return "";
        }
        needed.add(variant.name());
        return variant.name();
    }

    /** Namespaces whose callers may get another virtual host for the host than others do. */
    public Set<String> mentions(String host) {
        HostView view = views.get(host);
        return view == null ? Set.of() : view.mentions();
    }

    private HostView serviceView(String host) {
        context.units().begin(host);
        Set<String> mentions = new TreeSet<>(context.model().services().mentions(host));
        mentions.addAll(context.model().rules().mentions(host));
        return new HostView(host, mentions, context.callers(List.of(host), mentions), caller -> {
            MeshService service = context.model().services().select(host, context.port(), caller);
            if (service != null && isHttp(service)) {
                return new HostContent(
                        service, chain(context.model().rules().bySpecificity(host, caller, context.port()), caller));
            }
            return literalContent(host, caller);
        });
    }

    private HostView literalView(String host) {
        context.units().begin(host);
        Set<String> mentions = new TreeSet<>(context.model().services().mentions(host));
        mentions.addAll(context.model().rules().mentions(host));
        mentions.addAll(httpCallers.mentions());
        return new HostView(
                host, mentions, context.callers(List.of(host), mentions), caller -> literalContent(host, caller));
    }

    private @Nullable HostContent literalContent(String host, Caller caller) {
        List<RouteList> chain = chain(literals.claiming(host, caller), caller);
        return chain.isEmpty() ? null : new HostContent(null, chain);
    }

    private List<RouteList> chain(List<RuleSet> candidates, Caller caller) {
        List<RouteList> chain = new ArrayList<>(1);
        for (RuleSet rules : candidates) {
            Optional<RouteList> routes = routes(rules, caller);
            if (routes.isPresent()) {
                context.units().addBackends(routes.get().backends());
                chain.add(routes.get());
                if (!routes.get().isConditional()) {
                    break;
                }
            }
        }
        return chain;
    }

    private Optional<RouteList> routes(RuleSet rules, Caller caller) {
        String namespace = rules.sourceNamespaces().contains(caller.namespace()) ? caller.namespace() : "";
        return routeLists.computeIfAbsent(new RuleKey(rules, namespace), _ -> {
            Set<String> backends = new TreeSet<>();
            Set<String> before = context.destinations().recordInto(backends);
            List<Route> routes = rules.http(namespace, context.destinations());
            context.destinations().recordInto(before);
            return routes.isEmpty() ? Optional.empty() : Optional.of(new RouteList(rules, routes, backends));
        });
    }

    /** For how many callers the port has HTTP by Host, scopes aside. */
    public Extent extent() {
        return httpCallers.extent();
    }

    /** Makes the virtual hosts. */
    public void compile() {
        Map<String, List<HostPattern>> owned = new HashMap<>();
        claims().forEach((pattern, own) -> {
            context.units().begin(own.firstHost());
            Map<Caller, HostView.@Nullable Variant> owners = own.owners(this::isFullName);
            owners.forEach((caller, variant) -> {
                if (variant == null) {
                    context.units().addHidden(pattern(pattern, caller));
                } else {
                    owned.computeIfAbsent(variant.name(), _ -> new ArrayList<>())
                            .add(pattern(pattern, caller));
                }
            });
            own.reportLosers(owners, context.findings());
        });
        for (HostView view : views.values()) {
            context.units().begin(view.host());
            for (HostView.Variant variant : view.variants()) {
                List<HostPattern> hosts = owned.getOrDefault(variant.name(), List.of());
                if (!hosts.isEmpty() || needed.contains(variant.name())) {
                    addVirtualHosts(view.host(), variant, hosts);
                }
            }
        }
    }

    /** The virtual host of what means nothing to some callers. */
    public static Resource hidden(List<HostPattern> patterns) {
        return resource(VirtualHost.newBuilder().setName(UNMATCHED).addAllHosts(sorted(patterns)));
    }

    private Map<String, PatternClaims> claims() {
        Map<String, PatternClaims> claims = new LinkedHashMap<>();
        if (!httpCallers.hasAny()) {
            return claims;
        }
        for (HostView view : views.values()) {
            List<MeshService> services = context.model().services().withHost(view.host());
            if (services.isEmpty()) {
                claim(claims, view.host(), new PatternClaims.Claim(view, "", false, null, null));
                continue;
            }
            boolean pods = services.stream().anyMatch(MeshService::isHeadless);
            for (NameForms.Form form : context.forms().of(view.host(), pods)) {
                claim(claims, form.pattern(), PatternClaims.Claim.of(view, form, null));
            }
            for (MeshService service : services) {
                for (Cidr address : service.addresses()) {
                    if (address.isSingle() && service.port(context.port()) != null) {
                        claim(
                                claims,
                                address.address().hostText(),
                                new PatternClaims.Claim(view, "", false, null, service));
                    }
                }
            }
            for (Alias alias : context.model().services().aliasesOf(view.host())) {
                for (NameForms.Form form : context.forms().of(alias.host(), false)) {
                    claim(claims, form.pattern(), PatternClaims.Claim.of(view, form, alias));
                }
            }
        }
        return claims;
    }

    private void claim(Map<String, PatternClaims> claims, String pattern, PatternClaims.Claim claim) {
        claims.computeIfAbsent(pattern, own -> new PatternClaims(own, context, httpCallers))
                .add(claim);
    }

    /** Whether the pattern is the very name of a service that the caller sees on this port. */
    private boolean isFullName(String pattern, Caller caller) {
        HostView view = views.get(pattern);
        HostView.Variant variant = view == null ? null : view.variant(caller);
        return variant != null && variant.content().service() != null;
    }

    private static HostPattern pattern(String pattern, Caller caller) {
        HostPattern.Builder built = HostPattern.newBuilder().setPattern(pattern);
        if (!caller.equals(Caller.ANY)) {
            built.setAudience(caller.audience());
        }
        return built.build();
    }

    private static List<HostPattern> sorted(List<HostPattern> hosts) {
        return hosts.stream().sorted(PatternClaims.ORDER).toList();
    }

    /** The virtual host itself, and those that stand in for it. */
    private void addVirtualHosts(String host, HostView.Variant variant, List<HostPattern> hosts) {
        HostContent content = variant.content();
        int last = content.chain().size() - (content.endsWithDefault() ? 0 : 1);
        for (int i = 0; i <= last; i++) {
            VirtualHost.Builder built = VirtualHost.newBuilder()
                    .setName(i == 0 ? variant.name() : variant.name() + "/" + i)
                    .setService(host);
            if (i == 0) {
                built.addAllHosts(sorted(hosts)).addAllAddresses(addresses(content.service()));
            }
            if (i < last) {
                built.setOtherwise(variant.name() + "/" + (i + 1));
            }
            if (i < content.chain().size()) {
                built.addAllRoutes(content.chain().get(i).routes());
            } else {
                MeshService service = Objects.requireNonNull(content.service());
                built.addRoutes(HttpRoutes.toItself(context.destinations()
                        .toItself(service, Objects.requireNonNull(service.port(context.port())))));
            }
            context.units().add(resource(built));
        }
    }

    /** For HTTP ports alone: what is found on a detected port has address frontends. */
    private List<ByteString> addresses(@Nullable MeshService service) {
        MeshPort port = service == null ? null : service.port(context.port());
        if (service == null || port == null || port.protocol().family() != PortProtocol.Family.HTTP) {
            return List.of();
        }
        return service.addresses().stream()
                .filter(Cidr::isSingle)
                .map(Cidr::address)
                .sorted()
                .distinct()
                .map(address -> ByteString.copyFrom(address.bytes()))
                .toList();
    }

    private static Resource resource(VirtualHost.Builder virtualHost) {
        return Resource.newBuilder()
                .setName("virtual-host/" + virtualHost.getName())
                .setVirtualHost(virtualHost)
                .build();
    }
}
