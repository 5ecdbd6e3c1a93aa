package io.signalbox.loadtest.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * The figures of a benchmark, as Markdown for people and as JSON for programs.
 *
 * @param subject name of the contender that the others are compared with
 * @param facts what was run where: by name, in alphabetical order
 * @param rounds by protocol; of each round the measurements of all contenders, in the order of their names' first use
 */
record BenchReport(String subject, Map<String, String> facts, Map<Protocol, List<List<Measurement>>> rounds) {

    BenchReport {
        facts = new TreeMap<>(facts);
        rounds = new TreeMap<>(rounds);
    }

    String markdown() {
        StringBuilder text = new StringBuilder("# CPU per request, side by side\n\n");
        facts.forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append("""

                The proxy under test has CPU 0 for itself; h2load and the backends share CPU 1. CPU per request is user and
                system time of the proxy over successful requests. Rounds are interleaved; ratios are formed within a round,
                since the machine's speed drifts. Median, then every round or the range.
                """);
        rounds.forEach((protocol, all) -> {
            text.append("\n## ").append(protocol.description()).append("\n\n");
            text.append(
                    "| proxy | CPU us/request | per round | requests/s | CPU used | Pss MB |\n|---|---|---|---|---|---|\n");
            for (String name : names(all)) {
                List<Measurement> own = of(all, name);
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %.2f | %s | %.0f | %.2f | %.0f |%n",
                        name,
                        median(own, Measurement::cpuMicrosPerRequest),
                        own.stream()
                                .map(m -> String.format(Locale.ROOT, "%.2f", m.cpuMicrosPerRequest()))
                                .collect(Collectors.joining(" ")),
                        median(own, Measurement::requestsPerSecond),
                        median(own, Measurement::utilization),
                        median(own, m -> m.pssBytes() / 1e6)));
            }
            text.append("\n| ratio of CPU per request | median | range |\n|---|---|---|\n");
            for (String name : names(all)) {
                if (!name.equals(subject)) {
                    double[] ratios = ratios(all, name);
                    text.append(String.format(
                            Locale.ROOT,
                            "| %s / %s | %.2f | %.2f to %.2f |%n",
                            subject,
                            name,
                            median(ratios),
                            DoubleStream.of(ratios).min().orElseThrow(),
                            DoubleStream.of(ratios).max().orElseThrow()));
                }
            }
        });
        return text.toString();
    }

    String json() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        ObjectNode factsNode = root.putObject("facts");
        facts.forEach(factsNode::put);
        rounds.forEach((protocol, all) -> {
            ObjectNode protocolNode = root.putObject(protocol.name().toLowerCase(Locale.ROOT));
            ArrayNode measurements = protocolNode.putArray("measurements");
            for (int round = 0; round < all.size(); round++) {
                for (Measurement measurement : all.get(round)) {
                    measurements
                            .addObject()
                            .put("round", round + 1)
                            .put("proxy", measurement.contender())
                            .put("requests", measurement.requests())
                            .put("seconds", measurement.seconds())
                            .put("cpu_micros", measurement.cpuMicros())
                            .put("pss_bytes", measurement.pssBytes());
                }
            }
            ObjectNode ratiosNode = protocolNode.putObject("ratios");
            for (String name : names(all)) {
                if (!name.equals(subject)) {
                    ratiosNode.put(subject + "/" + name, median(ratios(all, name)));
                }
            }
        });
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    /** CPU per request of the subject over that of {@code name}, by round. */
    private double[] ratios(List<List<Measurement>> all, String name) {
        List<Measurement> own = of(all, subject);
        List<Measurement> other = of(all, name);
        double[] ratios = new double[own.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = own.get(i).cpuMicrosPerRequest() / other.get(i).cpuMicrosPerRequest();
        }
        return ratios;
    }

    private static List<String> names(List<List<Measurement>> all) {
        return all.getFirst().stream().map(Measurement::contender).sorted().toList();
    }

    private static List<Measurement> of(List<List<Measurement>> all, String name) {
        List<Measurement> own = new ArrayList<>();
        for (List<Measurement> round : all) {
            round.stream().filter(m -> m.contender().equals(name)).forEach(own::add);
        }
        return own;
    }

    private static double median(List<Measurement> measurements, ToDoubleFunction<Measurement> figure) {
        return median(measurements.stream().mapToDouble(figure).toArray());
    }

    private static double median(double[] values) {
        double[] sorted = DoubleStream.of(values).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
