package io.signalbox.loadtest.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares an answer of explain with what a case expects: the expectation is a subset of the answer, objects are
 * compared field by field, lists in full. {@code FORMAT.md} has the rules.
 */
final class AnswerComparison {
    private static final Set<String> UNORDERED = Set.of("backends");
    private static final Set<String> SETS = Set.of("endpoints", "headers_removed", "response_headers_removed");
    private static final Set<String> DURATIONS = Set.of("timeout", "per_try_timeout", "delay", "max_age");
    private static final Set<String> HEADER_MAPS = Set.of("headers", "response_headers");
    private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|m|s|us|ns)");
    private static final Map<String, BigDecimal> UNIT_NANOS = Map.of(
            "h", BigDecimal.valueOf(Duration.ofHours(1).toNanos()),
            "m", BigDecimal.valueOf(Duration.ofMinutes(1).toNanos()),
            "s", BigDecimal.valueOf(Duration.ofSeconds(1).toNanos()),
            "ms", BigDecimal.valueOf(Duration.ofMillis(1).toNanos()),
            "us", BigDecimal.valueOf(1000),
            "ns", BigDecimal.ONE);
    private static final double SAME_NUMBER = 1e-6;

    private final List<String> differences = new ArrayList<>();

    private AnswerComparison() {}

    /** What differs, a line each; empty when the answer is as expected. */
    static List<String> differences(JsonNode expected, JsonNode actual) {
        AnswerComparison comparison = new AnswerComparison();
        expected.properties().stream()
                .filter(field -> !field.getKey().equals("absent"))
                .forEach(field -> comparison.field(
                        field.getKey(), field.getKey(), field.getValue(), actual.path(field.getKey())));
        for (JsonNode path : expected.path("absent")) {
            JsonNode value = actual.at("/" + path.asText().replace('.', '/'));
            if (!isMissing(value)) {
                comparison.differences.add(path.asText() + ": expected to be absent, actual " + value);
            }
        }
        return comparison.differences;
    }

    private void field(String key, String path, JsonNode expected, JsonNode actual) {
        if (expected.isNull() || (expected.isArray() && expected.isEmpty())) {
            check(isMissing(actual), path, expected, actual);
        } else if (expected.isArray()) {
            list(key, path, expected, actual);
        } else if (expected.isObject()) {
            object(key, path, expected, actual);
        } else {
            check(isSame(key, path, expected, actual), path, expected, actual);
        }
    }

    private void list(String key, String path, JsonNode expected, JsonNode actual) {
        if (SETS.contains(key)) {
            check(texts(key, expected).equals(texts(key, actual)), path, expected, actual);
        } else if (expected.size() != actual.size()) {
            check(false, path, expected, actual);
        } else if (UNORDERED.contains(key)) {
            check(isPermutation(key, path, expected, actual, new HashSet<>()), path, expected, actual);
        } else {
            for (int i = 0; i < expected.size(); i++) {
                field(key, path + "[" + i + "]", expected.get(i), actual.get(i));
            }
        }
    }

    private void object(String key, String path, JsonNode expected, JsonNode actual) {
        for (Map.Entry<String, JsonNode> field : expected.properties()) {
            JsonNode value = actual.path(field.getKey());
            if (value.isMissingNode() && HEADER_MAPS.contains(key)) {
                value = ignoringCase(actual, field.getKey()).orElse(value);
            }
            field(field.getKey(), path + "." + field.getKey(), field.getValue(), value);
        }
    }

    private static Optional<JsonNode> ignoringCase(JsonNode object, String name) {
        return object.properties().stream()
                .filter(field -> field.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Whether each expected item has an actual one of its own. */
    private static boolean isPermutation(
            String key, String path, JsonNode expected, JsonNode actual, Set<Integer> used) {
        int next = used.size();
        if (next == expected.size()) {
            return true;
        }
        for (int i = 0; i < actual.size(); i++) {
            if (!used.contains(i)) {
                AnswerComparison item = new AnswerComparison();
                item.field(key, path, expected.get(next), actual.get(i));
                if (item.differences.isEmpty()) {
                    used.add(i);
                    if (isPermutation(key, path, expected, actual, used)) {
                        return true;
                    }
                    used.remove(i);
                }
            }
        }
        return false;
    }

    private static boolean isSame(String key, String path, JsonNode expected, JsonNode actual) {
        if (DURATIONS.contains(key)) {
            Optional<BigDecimal> expectedNanos = nanos(expected);
            Optional<BigDecimal> actualNanos = nanos(actual);
            if (expectedNanos.isPresent() && actualNanos.isPresent()) {
                return expectedNanos.get().compareTo(actualNanos.get()) == 0;
            }
        }
        if (path.equals("rule.route")) {
            return !isMissing(actual) && routeText(expected).equals(routeText(actual));
        }
        if (expected.isNumber() && actual.isNumber()) {
            return Math.abs(expected.doubleValue() - actual.doubleValue()) <= SAME_NUMBER;
        }
        return expected.equals(actual);
    }

    /** Name or index; JSON knows no whole numbers, so 0 may come as 0.0. */
    private static String routeText(JsonNode route) {
        return route.isNumber() ? Long.toString(route.longValue()) : route.asText();
    }

    private static Optional<BigDecimal> nanos(JsonNode duration) {
        if (duration.isNumber()) {
            return Optional.of(duration.decimalValue().multiply(UNIT_NANOS.get("s")));
        }
        Matcher part = DURATION_PART.matcher(duration.asText());
        BigDecimal sum = BigDecimal.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            sum = sum.add(new BigDecimal(part.group(1)).multiply(UNIT_NANOS.get(part.group(2))));
            end = part.end();
        }
        return end > 0 && end == duration.asText().length() ? Optional.of(sum) : Optional.empty();
    }

    private static Set<String> texts(String key, JsonNode list) {
        Set<String> texts = new HashSet<>();
        for (JsonNode item : list) {
            texts.add(key.endsWith("headers_removed") ? item.asText().toLowerCase(Locale.ROOT) : item.asText());
        }
        return texts;
    }

    private static boolean isMissing(JsonNode value) {
        return value.isMissingNode() || value.isNull() || (value.isContainerNode() && value.isEmpty());
    }

    private void check(boolean same, String path, JsonNode expected, JsonNode actual) {
        if (!same) {
            differences.add(
                    path + ": expected " + expected + ", actual " + (actual.isMissingNode() ? "nothing" : actual));
        }
    }
}
