package io.signalbox.configservice.compile.backends;

import io.signalbox.config.v1.BackendForCaller;
import io.signalbox.config.v1.Destination;
import io.signalbox.config.v1.Label;
import io.signalbox.config.v1.WeightedBackend;
import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.policy.DestinationRules;
import io.signalbox.configservice.compile.policy.MergedRule;
import io.signalbox.configservice.compile.services.Alias;
import io.signalbox.configservice.compile.services.MeshPort;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.compile.services.ServiceTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns the destinations that routes of one dialled port name into backends, for every caller, and remembers the
 * backends that were named.
 */
public final class Destinations {
    private record Key(String host, int port, String subset) {}

    private record OwnKey(MeshService service, MeshPort port) {}

    /** What one destination is for some callers; {@code labels} empty: for all that are left. */
    private record Outcome(
            Map<String, String> labels, @Nullable BackendSpec backend, String unknownReason) {}

    private final int dialledPort;
    private final ServiceTable services;
    private final DestinationRules rules;
    private final Map<Key, WeightedBackend> known = new HashMap<>();
    private final Map<OwnKey, WeightedBackend> own = new HashMap<>();
    private final SortedMap<String, BackendSpec> specs = new TreeMap<>();
    private Set<String> used = new TreeSet<>();

    /** The destinations of a port, none so far. */
    public Destinations(int dialledPort, ServiceTable services, DestinationRules rules) {
        this.dialledPort = dialledPort;
        this.services = services;
        this.rules = rules;
    }

    /** The backends that were named so far, by name. */
    public SortedMap<String, BackendSpec> backends() {
        return Collections.unmodifiableSortedMap(specs);
    }

    /**
     * From now on the names of the backends that are asked for go to this set.
     *
     * @return where they went before
     */
    public Set<String> recordInto(Set<String> names) {
        Set<String> before = used;
        used = names;
        return before;
    }

    private WeightedBackend.Builder recorded(WeightedBackend destination) {
        if (!destination.getBackend().isEmpty()) {
            used.add(destination.getBackend());
        }
        for (BackendForCaller own : destination.getForCallersList()) {
            if (!own.getBackend().isEmpty()) {
                used.add(own.getBackend());
            }
        }
        return destination.toBuilder();
    }

    /** The services of the registry. */
    public ServiceTable services() {
        return services;
    }

    /** The port that callers dial. */
    public int dialledPort() {
        return dialledPort;
    }

    /**
     * A destination that a rule names; of weight 1.
     *
     * @param host full name
     * @param port 0: not declared
     * @param subset empty: none
     */
    public WeightedBackend.Builder to(String host, int port, String subset) {
        return recorded(known.computeIfAbsent(new Key(host, port, subset), this::resolve));
    }

    /** A service itself, as its own default route has it; of weight 1. */
    public WeightedBackend.Builder toItself(MeshService service, MeshPort port) {
        return recorded(own.computeIfAbsent(new OwnKey(service, port), this::resolve));
    }

    /** A destination that cannot be; of weight 1. */
    public static WeightedBackend.Builder unknown(String host, int port, String reason) {
        return WeightedBackend.newBuilder()
                .setWeight(1)
                .setUnknownReason(reason)
                .setDestination(Destination.newBuilder().setHost(host).setPort(port));
    }

    private WeightedBackend resolve(OwnKey key) {
        Set<String> namespaces = rules.mentions(key.service.host(), key.service.namespace());
        return build(
                Destination.newBuilder()
                        .setHost(key.service.host())
                        .setPort(key.port.number())
                        .build(),
                namespaces,
                namespace -> outcomes(key.service, key.port, "", namespace));
    }

    private WeightedBackend resolve(Key key) {
        Set<String> namespaces = new TreeSet<>(services.mentions(key.host));
        String concrete = key.host;
        Alias alias = services.withHost(key.host).isEmpty() ? services.alias(key.host) : null;
        if (alias != null) {
            namespaces.addAll(alias.visibility().namespaces());
            if (alias.concrete() != null) {
                concrete = alias.concrete();
                namespaces.addAll(services.mentions(concrete));
            }
        }
        for (MeshService service : services.withHost(concrete)) {
            namespaces.addAll(rules.mentions(concrete, service.namespace()));
        }
        List<MeshService> candidates = services.select(concrete, Caller.ANY);
        MeshPort port = candidates.isEmpty() ? null : port(candidates, key.port);
        return build(
                Destination.newBuilder()
                        .setHost(key.host)
                        .setPort(key.port != 0 ? key.port : port == null ? 0 : port.number())
                        .setSubset(key.subset)
                        .build(),
                namespaces,
                namespace -> outcomes(key, alias, namespace));
    }

    private WeightedBackend build(
            Destination destination, Set<String> namespaces, Function<String, List<Outcome>> outcomes) {
        WeightedBackend.Builder built =
                WeightedBackend.newBuilder().setWeight(1).setDestination(destination);
        List<Outcome> general = outcomes.apply("");
        Outcome forAll = general.getLast();
        if (forAll.backend != null) {
            built.setBackend(forAll.backend.name());
        }
        built.setUnknownReason(forAll.unknownReason);
        for (String namespace : namespaces) {
            List<Outcome> own = outcomes.apply(namespace);
            boolean same = own.size() == 1 && own.getFirst().equals(forAll);
            if (!same) {
                own.forEach(outcome -> built.addForCallers(forCaller(namespace, outcome)));
            }
        }
        return built.build();
    }

    private static BackendForCaller forCaller(String namespace, Outcome outcome) {
        BackendForCaller.Builder built =
                BackendForCaller.newBuilder().setNamespace(namespace).setUnknownReason(outcome.unknownReason);
        if (outcome.backend != null) {
            built.setBackend(outcome.backend.name());
        }
        new TreeMap<>(outcome.labels)
                .forEach((key, value) ->
                        built.addLabels(Label.newBuilder().setKey(key).setValue(value)));
        return built.build();
    }

    private List<Outcome> outcomes(Key key, @Nullable Alias alias, String namespace) {
        Caller caller = new Caller(namespace, null);
        List<MeshService> candidates;
        if (alias != null && alias.visibility().includes(namespace)) {
            if (alias.concrete() == null) {
                return unknown(key.host + " is another name for "
                        + alias.service().externalName() + ", which no service and no ServiceEntry declares");
            }
            candidates = services.select(alias.concrete(), caller);
        } else {
            candidates = services.select(key.host, caller);
        }
        if (candidates.isEmpty()) {
            return unknown(whyUnknown(key.host, alias));
        }
        MeshPort port = port(candidates, key.port);
        if (port == null) {
            return unknown(key.host
                    + (key.port != 0
                            ? " has no port " + key.port
                            : " has several ports and none is " + dialledPort + "; the rule must name one")
                    + " (it has " + portNumbers(candidates) + ")");
        }
        MeshService service = candidates.stream()
                .filter(candidate -> candidate.port(port.number()) != null)
                .findFirst()
                .orElseThrow();
        return outcomes(service, port, key.subset, namespace);
    }

    private String whyUnknown(String host, @Nullable Alias alias) {
        if (!services.withHost(host).isEmpty() || alias != null) {
            return host + " is not exported to the caller's namespace";
        }
        return "no service and no ServiceEntry is called " + host;
    }

    private static String portNumbers(List<MeshService> candidates) {
        return candidates.stream()
                .flatMap(service -> service.ports().stream())
                .map(port -> Integer.toString(port.number()))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** The port that is named; else the dialled one, if the host has it; else its only one. */
    private @Nullable MeshPort port(List<MeshService> candidates, int named) {
        Map<Integer, MeshPort> ports = new TreeMap<>();
        for (MeshService service : candidates) {
            service.ports().forEach(port -> ports.putIfAbsent(port.number(), port));
        }
        if (named != 0) {
            return ports.get(named);
        }
        MeshPort dialled = ports.get(dialledPort);
        return dialled != null || ports.size() != 1
                ? dialled
                : ports.values().iterator().next();
    }

    private List<Outcome> outcomes(MeshService service, MeshPort port, String subset, String namespace) {
        List<Outcome> outcomes = new ArrayList<>(1);
        for (DestinationRules.Choice choice : rules.choices(service.host(), service.namespace(), namespace)) {
            MergedRule rule = choice.rule();
            if (!subset.isEmpty() && (rule == null || rule.subset(subset) == null)) {
                String reason = rule == null
                        ? "no DestinationRule for " + service.host() + " counts for the caller, so there is no subset "
                                + subset
                        : "DestinationRule " + rule.first().metadata().namespace() + "/"
                                + rule.first().metadata().name() + " has no subset " + subset;
                outcomes.add(new Outcome(choice.labels(), null, reason));
            } else {
                outcomes.add(new Outcome(choice.labels(), spec(service, port, subset, rule), ""));
            }
        }
        return outcomes;
    }

    private BackendSpec spec(MeshService service, MeshPort port, String subset, @Nullable MergedRule rule) {
        StringBuilder name = new StringBuilder(service.host()).append(':').append(port.number());
        if (!subset.isEmpty()) {
            name.append('/').append(subset);
        }
        MeshService first = services.withHost(service.host()).stream()
                .filter(candidate -> candidate.port(port.number()) != null)
                .findFirst()
                .orElse(service);
        if (first != service) {
            name.append('#')
                    .append(service.namespace())
                    .append('/')
                    .append(service.object().metadata().name());
        }
        MergedRule general =
                rules.choices(service.host(), service.namespace(), "").getLast().rule();
        if (!Objects.equals(rule, general)) {
            name.append('@')
                    .append(
                            rule == null
                                    ? "none"
                                    : rule.first().metadata().namespace() + "/"
                                            + rule.first().metadata().name());
        }
        BackendSpec spec = new BackendSpec(name.toString(), service, port, subset, rule);
        specs.put(spec.name(), spec);
        return spec;
    }

    private static List<Outcome> unknown(String reason) {
        return List.of(new Outcome(Map.of(), null, reason));
    }
}
