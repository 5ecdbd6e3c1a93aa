package io.signalbox.configservice.compile.l4;

import io.signalbox.config.v1.HostPattern;
import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.SniFrontend;
import io.signalbox.configservice.compile.callers.Answers;
import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.hosts.NameForms;
import io.signalbox.configservice.compile.port.PortContext;
import io.signalbox.configservice.compile.services.Alias;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.compile.services.PortProtocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Frontends by SNI: of services with TLS and without address. */
final class SniFrontends {
    private static final String UNMATCHED = "(unmatched)";

    private static final Comparator<HostPattern> ORDER = Comparator.comparing(HostPattern::getPattern)
            .thenComparing(host -> host.getAudience().getNamespace())
            .thenComparing(host -> host.getAudience().getScope());

    /**
     * What a service is for some callers.
     *
     * @param hosts SNI values that lead to it
     */
    private record Content(MeshService service, Set<String> hosts, List<L4Route> routes) {}

    private final PortContext context;
    private final ConnectionRoutes routes;
    private final List<MeshService> services = new ArrayList<>();
    private final Map<String, Set<String>> mentions = new HashMap<>();
    private final Map<MeshService, Map<Caller, Content>> contents = new HashMap<>();
    /** Frontend names by content. */
    private final Map<Content, String> names = new LinkedHashMap<>();

    SniFrontends(PortContext context, ConnectionRoutes routes) {
        this.context = context;
        this.routes = routes;
        for (MeshService service : context.services()) {
            MeshPort port = service.port(context.port());
            if (port != null && port.protocol().family() == PortProtocol.Family.TLS && service.takesEveryAddress()) {
                services.add(service);
            }
        }
    }

    void compile() {
        context.units().begin("");
        SortedMap<String, Set<MeshService>> claims = new TreeMap<>();
        for (MeshService service : services) {
            for (Caller caller : context.callers(List.of(service.host()), mentions(service))) {
                content(service, caller)
                        .hosts()
                        .forEach(host -> claims.computeIfAbsent(host, _ -> new LinkedHashSet<>())
                                .add(service));
            }
        }
        Map<String, List<HostPattern>> owned = new TreeMap<>();
        Map<String, Content> byName = new TreeMap<>();
        claims.forEach((pattern, claimants) -> {
            Set<String> namespaces = new TreeSet<>();
            Set<String> hosts = new LinkedHashSet<>();
            for (MeshService service : claimants) {
                hosts.add(service.host());
                namespaces.addAll(mentions(service));
            }
            Map<Caller, @Nullable Content> owners =
                    Answers.of(context.callers(hosts, namespaces), caller -> owner(pattern, claimants, caller));
            owners.forEach((caller, content) -> {
                String name = content == null ? UNMATCHED : names.getOrDefault(content, UNMATCHED);
                if (content != null) {
                    byName.put(name, content);
                }
                HostPattern.Builder host = HostPattern.newBuilder().setPattern(pattern);
                if (!caller.equals(Caller.ANY)) {
                    host.setAudience(caller.audience());
                }
                owned.computeIfAbsent(name, _ -> new ArrayList<>()).add(host.build());
            });
        });
        owned.forEach((name, hosts) -> {
            Content content = byName.get(name);
            context.units()
                    .add(Resource.newBuilder()
                            .setName("sni/" + name)
                            .setSniFrontend(SniFrontend.newBuilder()
                                    .setName(name)
                                    .addAllHosts(hosts.stream().sorted(ORDER).toList())
                                    .addAllRoutes(content == null ? List.of() : content.routes()))
                            .build());
        });
    }

    private Set<String> mentions(MeshService service) {
        return mentions.computeIfAbsent(service.host(), host -> {
            Set<String> own = new TreeSet<>(context.model().services().mentions(host));
            own.addAll(routes.mentions(host));
            for (Alias alias : context.model().services().aliasesOf(host)) {
                own.addAll(alias.visibility().namespaces());
                own.add(alias.service().metadata().namespace());
            }
            return own;
        });
    }

    /**
     * The service with this very name; else the first that claims it, those that are exported by name before public
     * ones.
     */
    private @Nullable Content owner(String pattern, Set<MeshService> claimants, Caller caller) {
        return claimants.stream()
                .filter(service -> context.model().services().select(service.host(), context.port(), caller) == service)
                .map(service -> content(service, caller))
                .filter(content -> content.hosts().contains(pattern))
                .min(Comparator.comparing(
                                (Content content) -> !content.service().host().equals(pattern))
                        .thenComparing(content -> content.service().visibility().everyone()))
                .orElse(null);
    }

    private Content content(MeshService service, Caller caller) {
        return contents.computeIfAbsent(service, _ -> new HashMap<>())
                .computeIfAbsent(caller.among(mentions(service)), own -> make(service, own));
    }

    private Content make(MeshService service, Caller caller) {
        ConnectionRoutes.AtService at = routes.at(service, caller);
        Set<String> ownNames = ownNames(service, caller);
        Set<String> hosts = new TreeSet<>();
        at.rules().forEach(route -> hosts.add(route.getSniHost()));
        List<L4Route> all = new ArrayList<>(at.rules());
        if (at.hasDefault()) {
            all.addAll(at.unmatched());
            if (ownNames.containsAll(hosts)) {
                all.add(routes.toItself(service));
            } else {
                ownNames.forEach(name -> all.add(
                        routes.toItself(service).toBuilder().setSniHost(name).build()));
            }
            hosts.addAll(ownNames);
        }
        Content content = new Content(service, hosts, all);
        String base = service.host();
        boolean isFirst = context.model().services().withHost(base).getFirst() == service;
        names.putIfAbsent(
                content,
                base
                        + (isFirst
                                ? ""
                                : "#" + service.namespace() + "/"
                                        + service.object().metadata().name())
                        + caller.suffix());
        return content;
    }

    /** The service's name, and its aliases in every form. */
    private Set<String> ownNames(MeshService service, Caller caller) {
        Set<String> names = new TreeSet<>();
        names.add(service.host());
        for (Alias alias : context.model().services().aliasesOf(service.host())) {
            if (alias.isSeenBy(caller, context.port())) {
                for (NameForms.Form form : context.forms().of(alias.host(), false)) {
                    if (form.namespace().isEmpty() || form.namespace().equals(caller.namespace())) {
                        names.add(form.pattern());
                    }
                }
            }
        }
        return names;
    }
}
