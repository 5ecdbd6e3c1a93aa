package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.Destination;
import io.signalbox.configservice.registry.WorkloadSelector;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules for values that several kinds share. */
final class Values {
    /** Whether {@code ~} may stand in {@code exportTo}. */
    enum Nobody {
        ALLOWED,
        REFUSED
    }

    private Values() {}

    static void port(int port, String path, Findings findings) {
        if (port < 1 || port > 65_535) {
            findings.error(path, port + " (expected: 1 to 65535)");
        }
    }

    /** A duration of whole milliseconds, at least one. */
    static void duration(@Nullable Duration duration, String path, Findings findings) {
        if (duration == null) {
            return;
        }
        if (duration.compareTo(Duration.ofMillis(1)) < 0) {
            findings.error(path, text(duration) + " (expected: at least 1ms)");
        } else {
            wholeMillis(duration, path, findings);
        }
    }

    /** A duration of whole milliseconds, or none at all. */
    static void durationOrZero(@Nullable Duration duration, String path, Findings findings) {
        if (duration != null && !duration.isZero()) {
            duration(duration, path, findings);
        }
    }

    private static void wholeMillis(Duration duration, String path, Findings findings) {
        if (duration.toNanosPart() % 1_000_000 != 0) {
            findings.error(path, text(duration) + " (expected: whole milliseconds)");
        }
    }

    private static String text(Duration duration) {
        return duration.toNanos() / 1_000_000.0 + "ms";
    }

    /** A share that must lie in 0 to 100. */
    static void percentage(double percentage, String path, Findings findings) {
        if (percentage < 0 || percentage > 100) {
            findings.error(path, percentage + " (expected: 0 to 100)");
        }
    }

    /** A share of which the smallest that is not zero is 0.0001. */
    static void finePercentage(double percentage, String path, Findings findings) {
        percentage(percentage, path, findings);
        if (percentage > 0 && percentage < 0.0001) {
            findings.error(path, percentage + " (expected: 0, or 0.0001 to 100)");
        }
    }

    static void labels(Map<String, String> labels, String path, Findings findings) {
        labels.forEach((key, value) -> {
            findings.check(path, Names.labelKey(key));
            findings.check(path + "[\"" + key + "\"]", Names.labelValue(value));
        });
    }

    static void selector(@Nullable WorkloadSelector selector, String labels, Findings findings) {
        if (selector == null) {
            return;
        }
        String path = "spec.workloadSelector." + labels;
        if (selector.labels().isEmpty()) {
            findings.warning(path, "is empty; every workload of the namespace is selected");
        }
        selector.labels().forEach((key, value) -> {
            if (key.isEmpty() || key.contains("*") || value.contains("*")) {
                findings.error(path, key + "=" + value + " (expected: a label with its value, without wildcards)");
            }
        });
    }

    static void exportTo(List<String> exportTo, String namespace, String path, Nobody nobody, Findings findings) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < exportTo.size(); i++) {
            String entry = exportTo.get(i);
            String at = path + "[" + i + "]";
            if (!seen.add(entry.equals(".") ? namespace : entry)) {
                findings.error(at, entry + " stands twice (. means " + namespace + ")");
            } else if (entry.equals("~") && nobody == Nobody.REFUSED) {
                findings.error(at, "~ makes no sense here (expected: ., * or namespaces)");
            } else if (!entry.equals(".") && !entry.equals("*") && !entry.equals("~") && !Names.isLabel(entry)) {
                findings.error(at, Names.quoted(entry) + " (expected: ., * or a namespace)");
            }
        }
        for (String all : List.of("*", "~")) {
            if (exportTo.contains(all) && exportTo.size() > 1) {
                findings.error(path, all + " stands beside others (expected: " + all + " alone)");
            }
        }
    }

    static void destination(Destination destination, String path, Findings findings) {
        if (destination.host().equals("*")) {
            findings.error(path + ".host", "* is no destination (expected: a host name)");
        } else {
            findings.check(path + ".host", Names.wildcardHost(destination.host()));
        }
        if (!destination.subset().isEmpty()) {
            findings.check(path + ".subset", Names.label(destination.subset()));
        }
        if (destination.port() != 0) {
            port(destination.port(), path + ".port.number", findings);
        }
    }
}
