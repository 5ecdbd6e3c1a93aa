package io.signalbox.configservice.source.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.configservice.registry.Cidr;
import io.signalbox.configservice.registry.IpAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node of a manifest that is no object and no list. What has the wrong shape is noted and read as absent. */
final class Value {
    private static final int MAX_QUOTED = 80;

    private final JsonNode node;
    private final String path;
    private final Notes notes;

    Value(JsonNode node, String path, Notes notes) {
        this.node = node;
        this.path = path;
        this.notes = notes;
    }

    String path() {
        return path;
    }

    boolean isAbsent() {
        return isAbsent(node);
    }

    static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    void error(String message) {
        notes.error(path, message);
    }

    /** The text; empty when absent. */
    String text() {
        if (isAbsent()) {
            return "";
        }
        if (!node.isTextual()) {
            error("is " + describe(node) + " (expected: text" + (node.isValueNode() ? "; quote it)" : ")"));
            return "";
        }
        return node.textValue();
    }

    /** The text; empty, and noted, when absent. */
    String requiredText() {
        if (isAbsent()) {
            error("is empty (expected: text)");
        }
        return text();
    }

    /** Text or a whole number, as text; empty when absent. */
    String textOrNumber() {
        return node.isIntegralNumber() ? node.asText() : text();
    }

    /** A whole number of this range; null when absent. */
    @Nullable
    Long whole(long least, long most) {
        if (isAbsent()) {
            return null;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            error("is " + describe(node) + " (expected: a whole number)");
            return null;
        }
        if (node.longValue() < least || node.longValue() > most) {
            error(node.longValue() + " (expected: " + least + " to " + most + ")");
            return null;
        }
        return node.longValue();
    }

    /** A number, also one written as text; null when absent. */
    @Nullable
    Double decimal() {
        if (isAbsent()) {
            return null;
        }
        double number = node.isNumber() ? node.doubleValue() : Double.NaN;
        if (node.isTextual()) {
            try {
                number = Double.parseDouble(node.textValue());
            } catch (NumberFormatException e) {
                number = Double.NaN;
            }
        }
        if (!Double.isFinite(number)) {
            error("is " + describe(node) + " (expected: a number)");
            return null;
        }
        return number;
    }

    /** True or false; null when absent. */
    @Nullable
    Boolean flag() {
        if (isAbsent()) {
            return null;
        }
        if (!node.isBoolean()) {
            error("is " + describe(node) + " (expected: true or false)");
            return null;
        }
        return node.booleanValue();
    }

    /** A duration; null when absent. */
    @Nullable
    Duration duration() {
        return isAbsent()
                ? null
                : parsed(Durations::parse, "a duration such as 1.5s, 500ms or 1h")
                        .orElse(null);
    }

    /** A duration in the narrower form of the Gateway API; null when absent. */
    @Nullable
    Duration gatewayApiDuration() {
        return isAbsent()
                ? null
                : parsed(Durations::parseGatewayApi, "a duration such as 10s, 500ms or 1h30m")
                        .orElse(null);
    }

    /** A word of an enum as the manifest writes it; {@code absent} when absent. */
    <T> T word(Map<String, T> words, T absent) {
        if (isAbsent()) {
            return absent;
        }
        return parsed(
                        text -> Optional.ofNullable(words.get(text)),
                        "one of " + String.join(", ", new TreeSet<>(words.keySet())))
                .orElse(absent);
    }

    /** An IP address; empty, and noted, when it is none. */
    Optional<IpAddress> address() {
        return parsed(IpAddress::parse, "an IP address");
    }

    /** A range of addresses; empty, and noted, when it is none. */
    Optional<Cidr> cidr() {
        return parsed(Cidr::parse, "an IP address or a range such as 10.0.0.0/8");
    }

    private <T> Optional<T> parsed(Function<String, Optional<T>> parse, String expected) {
        String text = requiredText();
        Optional<T> value = parse.apply(text);
        if (value.isEmpty() && node.isTextual()) {
            error(quoted(text) + " (expected: " + expected + ")");
        }
        return value;
    }

    static String quoted(String text) {
        return "\"" + (text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...") + "\"";
    }

    static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case BOOLEAN, NUMBER -> node.asText();
            case STRING -> quoted(node.textValue());
            case NULL, MISSING -> "empty";
            case BINARY, POJO -> "not text";
        };
    }
}
