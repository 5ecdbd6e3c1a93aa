package io.signalbox.configservice.source.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.signalbox.configservice.registry.Cidr;
import io.signalbox.configservice.registry.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node of a manifest with its path. What has the wrong shape is noted and read as absent. Remembers which of its
 * fields were asked for, so that {@link #refuseOthers} can name the rest.
 */
final class Fields {
    private static final int MAX_QUOTED = 80;

    private final JsonNode node;
    private final String path;
    private final Notes notes;
    private final List<String> asked = new ArrayList<>();

    Fields(JsonNode node, String path, Notes notes) {
        this.node = node;
        this.path = path;
        this.notes = notes;
    }

    String path() {
        return path;
    }

    /** Path of a field of this object. */
    String path(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    boolean isPresent() {
        return !isAbsent(node);
    }

    boolean has(String field) {
        return !isAbsent(get(field));
    }

    private JsonNode get(String field) {
        asked.add(field);
        return node.path(field);
    }

    /**
     * Refuses every field that was not asked for, as unknown.
     *
     * @param unsupported names of fields that are known and have no effect here: they are warned about instead
     */
    void refuseOthers(String... unsupported) {
        List<String> known = List.of(unsupported);
        for (String name : names()) {
            if (known.contains(name)) {
                notes.warning(path(name), "is not supported and has no effect");
            } else if (!asked.contains(name)) {
                List<String> candidates = new ArrayList<>(asked);
                candidates.addAll(known);
                notes.error(
                        path(name),
                        "unknown field"
                                + Spelling.nearest(name, candidates)
                                        .map(near -> " (did you mean " + near + "?)")
                                        .orElse(" (expected: one of " + String.join(", ", new TreeSet<>(candidates))
                                                + ")"));
            }
        }
    }

    /** Whether every field that is present is one of these. */
    boolean hasOnly(String... fields) {
        return List.of(fields).containsAll(names());
    }

    /** Names of the fields that are present, and not null. */
    private List<String> names() {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(name -> {
            if (!isAbsent(node.path(name))) {
                names.add(name);
            }
        });
        return names;
    }

    /** The text; empty when absent. */
    String text(String field) {
        return text(get(field), path(field));
    }

    /** The text in lower case; empty when absent. */
    String lowerCase(String field) {
        return text(field).toLowerCase(Locale.ROOT);
    }

    /** This node as text; empty when absent. */
    String text() {
        return text(node, path);
    }

    private String text(JsonNode value, String at) {
        if (isAbsent(value)) {
            return "";
        }
        if (!value.isTextual()) {
            error(at, "is " + describe(value) + " (expected: text" + (value.isValueNode() ? "; quote it)" : ")"));
            return "";
        }
        return value.textValue();
    }

    /** Text or a whole number, as text; empty when absent. */
    String textOrNumber(String field) {
        JsonNode value = get(field);
        return value.isIntegralNumber() ? value.asText() : text(value, path(field));
    }

    /** The texts of a list; none when absent. */
    List<String> texts(String field) {
        return items(field).stream().map(Fields::textItem).toList();
    }

    /** The texts of a list in lower case; none when absent. */
    List<String> lowerCaseTexts(String field) {
        return texts(field).stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
    }

    private String textItem() {
        if (!isPresent()) {
            error(path, "is empty (expected: text)");
        }
        return text();
    }

    /** A whole number of 32 bits; {@code absent} when absent. */
    int number(String field, int absent) {
        Long number = whole(field, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return number == null ? absent : number.intValue();
    }

    /** A whole number that is not negative; {@code absent} when absent. */
    long unsigned(String field, long absent) {
        Long number = whole(field, 0, 0xffff_ffffL);
        return number == null ? absent : number;
    }

    /** A whole number that is not negative and fits; null when absent. */
    @Nullable
    Integer unsignedOrNull(String field) {
        Long number = whole(field, 0, Integer.MAX_VALUE);
        return number == null ? null : number.intValue();
    }

    /** A port number, whatever its size; 0 when absent. A declared 0 is noted. */
    int port(String field) {
        Long number = whole(field, 0, Integer.MAX_VALUE);
        if (number == null) {
            return 0;
        }
        if (number == 0) {
            error(path(field), "0 (expected: 1 to 65535)");
        }
        return number.intValue();
    }

    /** This node as a whole number; null, and noted, when it is none. */
    @Nullable
    Integer asNumber() {
        Long number = whole(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return number == null ? null : number.intValue();
    }

    private @Nullable Long whole(String field, long least, long most) {
        JsonNode value = get(field);
        return isAbsent(value) ? null : whole(value, path(field), least, most);
    }

    private @Nullable Long whole(JsonNode value, String at, long least, long most) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            error(at, "is " + describe(value) + " (expected: a whole number)");
            return null;
        }
        if (value.longValue() < least || value.longValue() > most) {
            error(at, value.longValue() + " (expected: " + least + " to " + most + ")");
            return null;
        }
        return value.longValue();
    }

    /** A number, also one written as text; null when absent. */
    @Nullable
    Double decimal(String field) {
        JsonNode value = get(field);
        if (isAbsent(value)) {
            return null;
        }
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (value.isTextual()) {
            try {
                number = Double.parseDouble(value.textValue());
            } catch (NumberFormatException e) {
                number = Double.NaN;
            }
        }
        if (!Double.isFinite(number)) {
            error(path(field), "is " + describe(value) + " (expected: a number)");
            return null;
        }
        return number;
    }

    /** True or false; {@code absent} when absent. */
    boolean flag(String field, boolean absent) {
        Boolean flag = flagOrNull(field);
        return flag == null ? absent : flag;
    }

    /** True or false; null when absent. */
    @SuppressWarnings("NullableBoolean") // manifests tell "false" from "not declared"
    @Nullable
    Boolean flagOrNull(String field) {
        JsonNode value = get(field);
        if (isAbsent(value)) {
            return null;
        }
        if (!value.isBoolean()) {
            error(path(field), "is " + describe(value) + " (expected: true or false)");
            return null;
        }
        return value.booleanValue();
    }

    /** A duration; null when absent. */
    @Nullable
    Duration duration(String field) {
        return duration(field, Durations::parse, "a duration such as 1.5s, 500ms or 1h");
    }

    /** A duration in the narrower form of the Gateway API; null when absent. */
    @Nullable
    Duration gatewayApiDuration(String field) {
        return duration(field, Durations::parseGatewayApi, "a duration such as 10s, 500ms or 1h30m");
    }

    private @Nullable Duration duration(String field, Function<String, Optional<Duration>> parse, String expected) {
        if (!has(field)) {
            return null;
        }
        String text = text(field);
        Optional<Duration> duration = parse.apply(text);
        if (duration.isEmpty() && node.path(field).isTextual()) {
            error(path(field), quoted(text) + " (expected: " + expected + ")");
        }
        return duration.orElse(null);
    }

    /** A word of an enum as the manifest writes it; {@code absent} when absent. */
    <T> T word(String field, Map<String, T> words, T absent) {
        if (!has(field)) {
            return absent;
        }
        String text = text(field);
        T value = words.get(text);
        if (value == null) {
            if (node.path(field).isTextual()) {
                error(
                        path(field),
                        quoted(text) + " (expected: one of " + String.join(", ", new TreeSet<>(words.keySet())) + ")");
            }
            return absent;
        }
        return value;
    }

    /** An object; one without fields when absent. */
    Fields object(String field) {
        JsonNode value = get(field);
        if (!isAbsent(value) && !value.isObject()) {
            error(path(field), "is " + describe(value) + " (expected: an object)");
            value = MissingNode.getInstance();
        }
        return new Fields(value, path(field), notes);
    }

    /** What the reader makes of an object; null when absent. */
    <T> @Nullable T objectOrNull(String field, Function<Fields, @Nullable T> reader) {
        Fields object = object(field);
        return object.isPresent() ? reader.apply(object) : null;
    }

    /** The items of a list; none when absent. */
    List<Fields> items(String field) {
        JsonNode value = get(field);
        List<Fields> items = new ArrayList<>();
        if (isAbsent(value)) {
            return items;
        }
        if (!value.isArray()) {
            error(path(field), "is " + describe(value) + " (expected: a list)");
            return items;
        }
        for (int i = 0; i < value.size(); i++) {
            items.add(new Fields(value.get(i), path(field) + "[" + i + "]", notes));
        }
        return items;
    }

    /** The items of a list of objects; items of another shape are left out. */
    List<Fields> objects(String field) {
        List<Fields> objects = new ArrayList<>();
        for (Fields item : items(field)) {
            if (item.node.isObject()) {
                objects.add(item);
            } else {
                error(item.path, "is " + describe(item.node) + " (expected: an object)");
            }
        }
        return objects;
    }

    /** The fields of an object whose names are free, also those that are null; none when absent. */
    Map<String, Fields> entries(String field) {
        Fields map = object(field);
        Map<String, Fields> entries = new TreeMap<>();
        map.node
                .fieldNames()
                .forEachRemaining(name ->
                        entries.put(name, new Fields(map.node.path(name), map.path + "[" + quoted(name) + "]", notes)));
        return entries;
    }

    /** Text by text; empty when absent. */
    Map<String, String> textMap(String field) {
        Map<String, String> texts = new TreeMap<>();
        entries(field).forEach((name, value) -> texts.put(name, value.textItem()));
        return texts;
    }

    /** A whole number by text; empty when absent. */
    Map<String, Integer> numberMap(String field) {
        Fields map = object(field);
        Map<String, Integer> numbers = new TreeMap<>();
        for (String name : map.names()) {
            Integer number = map.unsignedOrNull(name);
            if (number != null) {
                numbers.put(name, number);
            }
        }
        return numbers;
    }

    /** This node as an IP address; empty, and noted, when it is none. */
    Optional<IpAddress> address() {
        return parsed(IpAddress::parse, "an IP address");
    }

    /** A field as an IP address; empty when absent. */
    Optional<IpAddress> address(String field) {
        return has(field) ? new Fields(node.path(field), path(field), notes).address() : Optional.empty();
    }

    /** The items of a list as ranges of addresses; what is none is noted and left out. */
    List<Cidr> cidrs(String field) {
        return items(field).stream()
                .flatMap(item -> item.parsed(Cidr::parse, "an IP address or a range such as 10.0.0.0/8").stream())
                .toList();
    }

    private <T> Optional<T> parsed(Function<String, Optional<T>> parse, String expected) {
        String text = textItem();
        Optional<T> value = parse.apply(text);
        if (value.isEmpty() && node.isTextual()) {
            error(path, quoted(text) + " (expected: " + expected + ")");
        }
        return value;
    }

    void error(String at, String message) {
        notes.error(at, message);
    }

    void warning(String at, String message) {
        notes.warning(at, message);
    }

    static String quoted(String text) {
        return "\"" + (text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...") + "\"";
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case BOOLEAN, NUMBER -> value.asText();
            case STRING -> quoted(value.textValue());
            case NULL, MISSING -> "empty";
            case BINARY, POJO -> "not text";
        };
    }
}
