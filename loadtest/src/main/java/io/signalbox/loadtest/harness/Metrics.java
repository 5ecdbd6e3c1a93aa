package io.signalbox.loadtest.harness;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Metrics in Prometheus's text format.
 *
 * @param samples in the order of the text
 */
public record Metrics(List<Sample> samples) {
    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})?\\s+(\\S+).*");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** Keeps its own copy. */
    public Metrics {
        samples = List.copyOf(samples);
    }

    static Metrics parse(String text) {
        return new Metrics(text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Sample(line.group(1), labels(line.group(2)), Double.parseDouble(line.group(3))))
                .toList());
    }

    /** Values of a metric, added up by the value of one label. */
    public Map<String, Double> sumBy(String name, String label) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .collect(Collectors.groupingBy(
                        sample -> sample.labels().getOrDefault(label, ""),
                        TreeMap::new,
                        Collectors.summingDouble(Sample::value)));
    }

    /** Values of a metric, added up; 0 when it is not there. */
    public double sum(String name) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .mapToDouble(Sample::value)
                .sum();
    }

    private static Map<String, String> labels(@Nullable String text) {
        Map<String, String> labels = new TreeMap<>();
        if (text != null) {
            Matcher label = LABEL.matcher(text);
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
        }
        return labels;
    }

    /**
     * One line.
     *
     * @param name of the metric
     * @param labels by name
     * @param value at that moment
     */
    public record Sample(String name, Map<String, String> labels, double value) {
        /** Keeps its own copy. */
        public Sample {
            labels = Map.copyOf(labels);
        }
    }
}
