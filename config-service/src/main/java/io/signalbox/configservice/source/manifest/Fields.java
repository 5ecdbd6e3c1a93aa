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
 * An object of a manifest with its path. What has the wrong shape is noted and read as absent. Remembers which of its
 * fields were asked for, so that {@link #refuseOthers} can name the rest.
 */
final class Fields {
    private static final long MAX_UNSIGNED = 0xffff_ffffL;

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
        return !Value.isAbsent(node);
    }

    boolean has(String field) {
        return !Value.isAbsent(get(field));
    }

    private JsonNode get(String field) {
        asked.add(field);
        return node.path(field);
    }

    private Value value(String field) {
        return new Value(get(field), path(field), notes);
    }

    void error(String at, String message) {
        notes.error(at, message);
    }

    void warning(String at, String message) {
        notes.warning(at, message);
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
                warning(path(name), "is not supported and has no effect");
            } else if (!asked.contains(name)) {
                List<String> candidates = new ArrayList<>(asked);
                candidates.addAll(known);
                error(
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
            if (!Value.isAbsent(node.path(name))) {
                names.add(name);
            }
        });
        return names;
    }

    /** The text; empty when absent. */
    String text(String field) {
        return value(field).text();
    }

    /** The text in lower case; empty when absent. */
    String lowerCase(String field) {
        return text(field).toLowerCase(Locale.ROOT);
    }

    /** Text or a whole number, as text; empty when absent. */
    String textOrNumber(String field) {
        return value(field).textOrNumber();
    }

    /** A whole number of 32 bits; {@code absent} when absent. */
    int number(String field, int absent) {
        Long number = value(field).whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
        return number == null ? absent : number.intValue();
    }

    /** A whole number that is not negative; {@code absent} when absent. */
    long unsigned(String field, long absent) {
        Long number = value(field).whole(0, MAX_UNSIGNED);
        return number == null ? absent : number;
    }

    /** A whole number that is not negative, cut to 31 bits; null when absent. */
    @Nullable
    Integer unsignedOrNull(String field) {
        Long number = value(field).whole(0, MAX_UNSIGNED);
        return number == null ? null : (int) Math.min(number, Integer.MAX_VALUE);
    }

    /** A port number, whatever its size; 0 when absent. A declared 0 is noted. */
    int port(String field) {
        Value value = value(field);
        Long number = value.whole(0, Integer.MAX_VALUE);
        if (number == null) {
            return 0;
        }
        if (number == 0) {
            value.error("0 (expected: 1 to 65535)");
        }
        return number.intValue();
    }

    /** A number, also one written as text; null when absent. */
    @Nullable
    Double decimal(String field) {
        return value(field).decimal();
    }

    /** True or false; {@code absent} when absent. */
    boolean flag(String field, boolean absent) {
        Boolean flag = flagOrNull(field);
        return flag == null ? absent : flag;
    }

    /** True or false; null when absent. */
    @Nullable
    Boolean flagOrNull(String field) {
        return value(field).flag();
    }

    /** A duration; null when absent. */
    @Nullable
    Duration duration(String field) {
        return value(field).duration();
    }

    /** A duration in the narrower form of the Gateway API; null when absent. */
    @Nullable
    Duration gatewayApiDuration(String field) {
        return value(field).gatewayApiDuration();
    }

    /** A word of an enum as the manifest writes it; {@code absent} when absent. */
    <T> T word(String field, Map<String, T> words, T absent) {
        return value(field).word(words, absent);
    }

    /** An IP address; empty when absent. */
    Optional<IpAddress> address(String field) {
        return has(field) ? value(field).address() : Optional.empty();
    }

    /** The items of a list; none when absent. */
    List<Value> values(String field) {
        JsonNode list = list(field);
        List<Value> values = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            values.add(new Value(list.get(i), path(field) + "[" + i + "]", notes));
        }
        return values;
    }

    /** The texts of a list; none when absent. */
    List<String> texts(String field) {
        return values(field).stream().map(Value::requiredText).toList();
    }

    /** The texts of a list in lower case; none when absent. */
    List<String> lowerCaseTexts(String field) {
        return texts(field).stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
    }

    /** The addresses of a list; what is none is noted and left out. */
    List<IpAddress> addresses(String field) {
        return values(field).stream().flatMap(value -> value.address().stream()).toList();
    }

    /** The ranges of addresses of a list; what is none is noted and left out. */
    List<Cidr> cidrs(String field) {
        return values(field).stream().flatMap(value -> value.cidr().stream()).toList();
    }

    /** The items of a list of objects; items of another shape are noted and left out. */
    List<Fields> objects(String field) {
        JsonNode list = list(field);
        List<Fields> objects = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            String at = path(field) + "[" + i + "]";
            if (list.get(i).isObject()) {
                objects.add(new Fields(list.get(i), at, notes));
            } else {
                error(at, "is " + Value.describe(list.get(i)) + " (expected: an object)");
            }
        }
        return objects;
    }

    private JsonNode list(String field) {
        JsonNode list = get(field);
        if (!Value.isAbsent(list) && !list.isArray()) {
            error(path(field), "is " + Value.describe(list) + " (expected: a list)");
        }
        return list.isArray() ? list : MissingNode.getInstance();
    }

    /** An object; one without fields when absent. */
    Fields object(String field) {
        return object(get(field), path(field));
    }

    private Fields object(JsonNode value, String at) {
        if (!Value.isAbsent(value) && !value.isObject()) {
            error(at, "is " + Value.describe(value) + " (expected: an object)");
            return new Fields(MissingNode.getInstance(), at, notes);
        }
        return new Fields(value, at, notes);
    }

    /** What the reader makes of an object; null when absent. */
    <T> @Nullable T objectOrNull(String field, Function<Fields, @Nullable T> reader) {
        Fields object = object(field);
        return object.isPresent() ? reader.apply(object) : null;
    }

    /** The objects of an object whose field names are free; what is null is without fields; none when absent. */
    Map<String, Fields> entries(String field) {
        Fields map = object(field);
        Map<String, Fields> entries = new TreeMap<>();
        map.node.fieldNames().forEachRemaining(name -> entries.put(name, object(map.node.path(name), map.key(name))));
        return entries;
    }

    /** Text by text; empty when absent. */
    Map<String, String> textMap(String field) {
        Fields map = object(field);
        Map<String, String> texts = new TreeMap<>();
        map.node
                .fieldNames()
                .forEachRemaining(
                        name -> texts.put(name, new Value(map.node.path(name), map.key(name), notes).requiredText()));
        return texts;
    }

    /** A whole number by text; empty when absent. */
    Map<String, Integer> numberMap(String field) {
        Fields map = object(field);
        Map<String, Integer> numbers = new TreeMap<>();
        for (String name : map.names()) {
            Long number = new Value(map.node.path(name), map.key(name), notes).whole(0, Integer.MAX_VALUE);
            if (number != null) {
                numbers.put(name, number.intValue());
            }
        }
        return numbers;
    }

    /** Path of a field whose name is free. */
    private String key(String name) {
        return path + "[" + Value.quoted(name) + "]";
    }
}
