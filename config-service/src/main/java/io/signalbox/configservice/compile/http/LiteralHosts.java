package io.signalbox.configservice.compile.http;

import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.hosts.Hosts;
import io.signalbox.configservice.compile.port.PortContext;
import io.signalbox.configservice.compile.rules.RuleSet;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Hosts that no service declares and that rules claim as they are: on port 80, and on the ports of the services that
 * the same rules name. A wildcard is one only where it covers no service.
 */
final class LiteralHosts {
    private static final int PORT = 80;

    private final PortContext context;
    private final HttpCallers httpCallers;

    LiteralHosts(PortContext context, HttpCallers httpCallers) {
        this.context = context;
        this.httpCallers = httpCallers;
    }

    /** Those that may be Host values of this port for some caller. */
    Collection<String> candidates() {
        Set<String> candidates = new LinkedHashSet<>();
        if (!httpCallers.hasAny()) {
            return candidates;
        }
        for (RuleSet rules : context.model().rules().all()) {
            for (String host : rules.hosts()) {
                if (!context.includes(host)) {
                    continue;
                }
                boolean isService = !Hosts.isWildcard(host)
                        && context.model().services().withHost(host).stream()
                                .anyMatch(service -> service.visibility().everyone());
                if (!isService && (context.port() == PORT || mayNameService(rules))) {
                    candidates.add(host);
                }
            }
        }
        return candidates;
    }

    /** The rules that claim the host for a caller, in their order; none where it is a known service. */
    List<RuleSet> claiming(String host, Caller caller) {
        boolean isService = Hosts.isWildcard(host) ? coversService(host, caller) : isKnown(host, caller);
        if (host.equals("*") || isService || !httpCallers.contains(caller)) {
            return List.of();
        }
        return context.model().rules().exactly(host, caller, context.port()).stream()
                .filter(rules -> context.port() == PORT || namesService(rules, caller))
                .toList();
    }

    private boolean isKnown(String host, Caller caller) {
        return !context.model().services().select(host, caller).isEmpty()
                && (caller.scope() == null
                        || context.model().services().withHost(host).stream()
                                .anyMatch(service -> caller.scope()
                                        .imports(caller.namespace(), service.namespace(), host, context.port())));
    }

    private boolean mayNameService(RuleSet rules) {
        return rules.hosts().stream()
                .anyMatch(host -> (Hosts.isWildcard(host)
                                ? context.model().services().onPort(context.port())
                                : context.model().services().withHost(host))
                        .stream().anyMatch(service -> isHttp(service) && Hosts.covers(host, service.host())));
    }

    private boolean namesService(RuleSet rules, Caller caller) {
        return rules.hosts().stream()
                .anyMatch(host -> Hosts.isWildcard(host) ? coversService(host, caller) : isHttpService(host, caller));
    }

    private boolean coversService(String wildcard, Caller caller) {
        return context.model().services().onPort(context.port()).stream()
                .anyMatch(service -> isHttp(service)
                        && Hosts.covers(wildcard, service.host())
                        && isHttpService(service.host(), caller));
    }

    private boolean isHttpService(String host, Caller caller) {
        MeshService service = context.model().services().select(host, context.port(), caller);
        return service != null && isHttp(service);
    }

    private boolean isHttp(MeshService service) {
        MeshPort port = service.port(context.port());
        return port != null && port.protocol().mayBeHttp();
    }
}
