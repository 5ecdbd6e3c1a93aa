package io.signalbox.loadtest.k6;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Compares the answers of endpoints with an even balance, and those of services with the weights of their routes.
 *
 * <p>What is allowed: {@code percent} of what is expected, and ten answers, since every event loop of the agent keeps
 * turns and weights by itself.
 *
 * @param endpoints names of the endpoints by service
 * @param percent of the expected number
 */
record BalanceCheck(Map<String, List<String>> endpoints, double percent) {
    private static final double FEW = 10;

    /** Judges every service that any route leads to, and every route with several services. */
    List<Share> judge(Map<String, RunSummary.Route> routes) {
        List<Share> shares = new ArrayList<>();
        Map<String, Long> byEndpoint = new LinkedHashMap<>();
        routes.values()
                .forEach(route -> route.endpoints().forEach((name, count) -> byEndpoint.merge(name, count, Long::sum)));
        routes.values().stream()
                .flatMap(route -> route.weights().keySet().stream())
                .distinct()
                .sorted()
                .forEach(service -> shares.add(even(service, byEndpoint)));
        routes.forEach((name, route) -> {
            if (route.weights().size() > 1) {
                shares.addAll(weighted(name, route));
            }
        });
        return shares;
    }

    /** All endpoints of a service should have answered equally often: the greatest count less the smallest. */
    private Share even(String service, Map<String, Long> byEndpoint) {
        List<String> names = endpointsOf(service);
        List<Long> counts =
                names.stream().map(name -> byEndpoint.getOrDefault(name, 0L)).toList();
        long spread = counts.stream().mapToLong(Long::longValue).max().orElse(0)
                - counts.stream().mapToLong(Long::longValue).min().orElse(0);
        double expected = (double) sum(counts) / names.size();
        String text = names.stream()
                .map(name -> name + " " + byEndpoint.getOrDefault(name, 0L))
                .collect(Collectors.joining(", "));
        // Nothing at all is even, but no balance.
        return new Share(
                "service " + service, text, expected == 0 ? Double.POSITIVE_INFINITY : spread, allowed(expected));
    }

    private List<Share> weighted(String name, RunSummary.Route route) {
        int whole =
                route.weights().values().stream().mapToInt(Integer::intValue).sum();
        List<Share> shares = new ArrayList<>();
        route.weights().forEach((service, weight) -> {
            long count = sum(endpointsOf(service).stream()
                    .map(endpoint -> route.endpoints().getOrDefault(endpoint, 0L))
                    .toList());
            double expected = (double) route.answers() * weight / whole;
            shares.add(new Share(
                    "route " + name + ", weight " + weight + " of " + whole,
                    String.format(
                            Locale.ROOT, "%s %d of %d (expected: %.0f)", service, count, route.answers(), expected),
                    route.answers() == 0 ? Double.POSITIVE_INFINITY : Math.abs(count - expected),
                    allowed(expected)));
        });
        return shares;
    }

    private double allowed(double expected) {
        return percent / 100 * expected + FEW;
    }

    private List<String> endpointsOf(String service) {
        List<String> names = endpoints.get(service);
        if (names == null) {
            throw new IllegalArgumentException(
                    "summary.json: service " + service + " (expected: one of " + endpoints.keySet() + ")");
        }
        return names;
    }

    private static long sum(Collection<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
