package io.signalbox.agent.testkit;

import com.google.re2j.Pattern;
import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Audience;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.Cidr;
import io.signalbox.agent.model.FrontendProtocol;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.NamedMatch;
import io.signalbox.agent.model.OutboundPolicy;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.RequestMatch;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.model.SniFrontend;
import io.signalbox.agent.model.StringMatch;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PortTableBuilder;
import io.signalbox.agent.routing.PreparedBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a port's table down, piece by piece. Every backend that is named exists, without endpoints. */
public final class Tables {
    /** The port. */
    public static final int PORT = 80;

    private final List<AddressFrontend> addresses = new ArrayList<>();
    private final List<SniFrontend> snis = new ArrayList<>();
    private final Map<String, VirtualHost> hosts = new HashMap<>();
    private final Map<String, Backend> backends = new HashMap<>();

    /** A caller without scope. */
    public static Caller caller(String namespace, Map<String, String> labels) {
        return new Caller(namespace, labels, "", OutboundPolicy.ALLOW_ANY);
    }

    /** Somebody of no known namespace. */
    public static Caller anyone() {
        return caller("", Map.of());
    }

    /** A host pattern for callers of one namespace. */
    public static HostPattern own(String pattern, String namespace) {
        return new HostPattern(pattern, new Audience(namespace, ""));
    }

    /** A condition on the path alone. */
    public static RequestMatch path(PathMatch path) {
        return match(path, Map.of());
    }

    /** A condition on the path and the caller. */
    public static RequestMatch match(@Nullable PathMatch path, Map<String, String> sourceLabels) {
        return new RequestMatch("", path, null, null, null, List.of(), List.of(), List.of(), sourceLabels);
    }

    /** A condition on headers alone. */
    public static RequestMatch headers(NamedMatch... headers) {
        return new RequestMatch("", null, null, null, null, List.of(headers), List.of(), List.of(), Map.of());
    }

    /** A condition on text: {@code =exact}, {@code ^prefix}, {@code ~regex} or {@code *}. */
    public static StringMatch text(String written) {
        String rest = written.substring(1);
        return switch (written.charAt(0)) {
            case '=' -> new StringMatch.Exact(rest);
            case '^' -> new StringMatch.Prefix(rest);
            case '~' -> new StringMatch.Regex(Pattern.compile(rest));
            case '*' -> new StringMatch.Present();
            default -> throw new IllegalArgumentException(written);
        };
    }

    /** A route of a rule to one backend that bears its name. */
    public Route route(String name, RequestMatch... matches) {
        return route(name, List.of(to(name, 1)), matches);
    }

    /** A route of a rule. */
    public Route route(String name, List<WeightedBackend> backends, RequestMatch... matches) {
        Route plain = Route.of(
                new RuleRef("VirtualService", "shop", "rule", name, 0),
                RouteAction.Forward.to(backends.toArray(WeightedBackend[]::new)));
        return new Route(
                plain.rule(),
                List.of(matches),
                plain.action(),
                plain.requestHeaders(),
                plain.responseHeaders(),
                null,
                null);
    }

    /** A share for a backend. */
    public WeightedBackend to(String backend, int weight) {
        backends.computeIfAbsent(
                backend, name -> Snapshots.backend(name, name, PORT, LoadBalancer.ROUND_ROBIN, List.of()));
        return WeightedBackend.of(backend, weight);
    }

    /** A route of opaque connections to a backend. */
    public L4Route l4(String backend) {
        return l4(backend, "", null, Map.of());
    }

    /** A route of opaque connections with conditions. */
    public L4Route l4(String backend, String sni, @Nullable String subnet, Map<String, String> labels) {
        return new L4Route(null, backend, sni, subnet == null ? null : cidr(subnet), labels, List.of(to(backend, 1)));
    }

    /** A range from its text. */
    public static Cidr cidr(String text) {
        int slash = text.indexOf('/');
        return new Cidr(Snapshots.address(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** Adds a virtual host with a default route to a backend of its name. */
    public Tables host(String name, HostPattern... patterns) {
        return host(name, null, List.of(route(name)), patterns);
    }

    /** Adds a virtual host. */
    public Tables host(String name, @Nullable String otherwise, List<Route> routes, HostPattern... patterns) {
        hosts.put(name, new VirtualHost(name, name, List.of(patterns), routes, List.of(), otherwise));
        return this;
    }

    /** Adds an address frontend for everyone. */
    public Tables address(String cidr, FrontendProtocol protocol, @Nullable String virtualHost, L4Route... routes) {
        return address(cidr, Audience.EVERYONE, protocol, virtualHost, routes);
    }

    /** Adds an address frontend. */
    public Tables address(
            String cidr,
            Audience audience,
            FrontendProtocol protocol,
            @Nullable String virtualHost,
            L4Route... routes) {
        String service = routes.length == 0 ? cidr : routes[0].service();
        addresses.add(
                new AddressFrontend(cidr(cidr), audience, service, protocol, virtualHost, List.of(routes), false));
        return this;
    }

    /** Adds an SNI frontend. */
    public Tables sni(String name, List<HostPattern> patterns, L4Route... routes) {
        snis.add(new SniFrontend(name, patterns, List.of(routes)));
        return this;
    }

    /** Adds a backend, or puts it in the place of one without endpoints. */
    public Tables with(Backend backend) {
        backends.put(backend.name(), backend);
        return this;
    }

    /** The snapshot. */
    public PortSnapshot snapshot(String version) {
        return new PortSnapshot(PORT, new Version(version), addresses, snis, hosts, backends);
    }

    /** The table. */
    public PortTable build() {
        PortSnapshot snapshot = snapshot("v");
        Map<String, PreparedBackend> prepared = PortTableBuilder.prepareBackends(snapshot, Map.of(), 1);
        return PortTableBuilder.build(snapshot, prepared, null);
    }
}
