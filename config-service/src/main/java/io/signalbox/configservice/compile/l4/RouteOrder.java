package io.signalbox.configservice.compile.l4;

import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.Label;
import io.signalbox.configservice.compile.hosts.Hosts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Puts routes of connections into the order in which the first that fits is the right one. */
final class RouteOrder {
    /** Longer subnets first, then exact SNI, then longer wildcards; equals stay in the operator's order. */
    static final Comparator<L4Route> BY_SPECIFICITY = Comparator.comparingInt(
                    (L4Route route) -> route.hasDestinationSubnet()
                            ? -1 - route.getDestinationSubnet().getPrefixLength()
                            : 0)
            .thenComparing(route -> Hosts.isWildcard(route.getSniHost()))
            .thenComparingInt(route -> -route.getSniHost().length());

    private RouteOrder() {}

    /** TLS rules: all by specificity. Equal conditions: the first. */
    static List<L4Route> tls(List<L4Route> rules) {
        return rules.stream().sorted(BY_SPECIFICITY).toList();
    }

    /**
     * TLS routes of several services at one address: of equals, that of the service with this very name is the first.
     */
    static List<L4Route> shared(List<L4Route> routes) {
        return routes.stream()
                .sorted(BY_SPECIFICITY.thenComparing(
                        route -> !route.getService().equals(route.getSniHost())))
                .toList();
    }

    /**
     * TCP rules: one without subnets takes all that its callers send and ends the list for them; before it the longest
     * subnet counts.
     *
     * <p>Where such a rule wants labels, callers with and without them have lists of their own, one behind the other.
     */
    static List<L4Route> tcp(List<L4Route> rules) {
        List<L4Route> ordered = new ArrayList<>();
        List<L4Route> rest = new ArrayList<>(rules);
        while (true) {
            int end = 0;
            while (end < rest.size() && rest.get(end).hasDestinationSubnet()) {
                end++;
            }
            List<L4Route> before = rest.subList(0, end);
            if (end == rest.size()) {
                before.stream().sorted(BY_SPECIFICITY).forEach(ordered::add);
                return ordered;
            }
            L4Route takesAll = rest.get(end);
            before.stream()
                    .sorted(BY_SPECIFICITY)
                    .map(route -> withLabels(route, takesAll.getSourceLabelsList()))
                    .filter(route -> route.getSourceLabelsCount() > 0 || takesAll.getSourceLabelsCount() == 0)
                    .forEach(ordered::add);
            ordered.add(takesAll);
            if (takesAll.getSourceLabelsCount() == 0) {
                return ordered;
            }
            rest.remove(end);
        }
    }

    private static L4Route withLabels(L4Route route, List<Label> more) {
        if (more.isEmpty()) {
            return route;
        }
        Map<String, String> labels = new TreeMap<>();
        route.getSourceLabelsList().forEach(label -> labels.put(label.getKey(), label.getValue()));
        more.forEach(label -> labels.put(label.getKey(), label.getValue()));
        L4Route.Builder built = route.toBuilder().clearSourceLabels();
        labels.forEach((key, value) ->
                built.addSourceLabels(Label.newBuilder().setKey(key).setValue(value)));
        return built.build();
    }

    /** The sets of labels that the rules want, each once; an empty one first, if there is one. */
    static Set<List<Label>> labelSets(List<L4Route> rules) {
        Map<Boolean, Set<List<Label>>> sets = new LinkedHashMap<>();
        rules.forEach(route -> sets.computeIfAbsent(route.getSourceLabelsCount() == 0, _ -> new LinkedHashSet<>())
                .add(route.getSourceLabelsList()));
        Set<List<Label>> all = new LinkedHashSet<>(sets.getOrDefault(true, Set.of()));
        all.addAll(sets.getOrDefault(false, Set.of()));
        return all;
    }
}
