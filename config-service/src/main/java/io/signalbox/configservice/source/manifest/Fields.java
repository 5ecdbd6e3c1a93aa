package io.signalbox.configservice.source.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.signalbox.configservice.registry.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A node of a manifest with its path. What has the wrong shape is noted in the shared list and read as absent. */
final class Fields {
    /** A finding: path and message. */
    record Note(String path, String message) {}

    private final JsonNode node;
    private final String path;
    private final List<Note> errors;

    Fields(JsonNode node, String path, List<Note> errors) {
        this.node = node;
        this.path = path;
        this.errors = errors;
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
        return !isAbsent(node.path(field));
    }

    /** Names of the fields that are present. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The text; empty when absent. */
    String text(String field) {
        return text(node.path(field), path(field));
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
        JsonNode value = node.path(field);
        return value.isIntegralNumber() ? value.asText() : text(field);
    }

    /** A whole number; {@code absent} when absent. */
    int number(String field, int absent) {
        JsonNode value = node.path(field);
        if (isAbsent(value)) {
            return absent;
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            error(path(field), "is " + describe(value) + " (expected: a whole number)");
            return absent;
        }
        return value.intValue();
    }

    /** True or false; {@code absent} when absent. */
    boolean flag(String field, boolean absent) {
        JsonNode value = node.path(field);
        if (isAbsent(value)) {
            return absent;
        }
        if (!value.isBoolean()) {
            error(path(field), "is " + describe(value) + " (expected: true or false)");
            return absent;
        }
        return value.booleanValue();
    }

    /** A word of an enum as Kubernetes writes it; {@code absent} when absent. */
    <T> T word(String field, Map<String, T> words, T absent) {
        String text = text(field);
        if (text.isEmpty()) {
            return absent;
        }
        T value = words.get(text);
        if (value == null) {
            error(path(field), text + " (expected: one of " + String.join(", ", new TreeMap<>(words).keySet()) + ")");
            return absent;
        }
        return value;
    }

    /** An object; one without fields when absent. */
    Fields object(String field) {
        JsonNode value = node.path(field);
        if (!isAbsent(value) && !value.isObject()) {
            error(path(field), "is " + describe(value) + " (expected: an object)");
            value = MissingNode.getInstance();
        }
        return new Fields(value, path(field), errors);
    }

    /** The items of a list; none when absent. */
    List<Fields> items(String field) {
        JsonNode value = node.path(field);
        List<Fields> items = new ArrayList<>();
        if (isAbsent(value)) {
            return items;
        }
        if (!value.isArray()) {
            error(path(field), "is " + describe(value) + " (expected: a list)");
            return items;
        }
        for (int i = 0; i < value.size(); i++) {
            items.add(new Fields(value.get(i), path(field) + "[" + i + "]", errors));
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

    /** Text by text; empty when absent. */
    Map<String, String> textMap(String field) {
        Fields map = object(field);
        Map<String, String> texts = new TreeMap<>();
        map.names().forEach(name -> texts.put(name, map.text(name)));
        return texts;
    }

    /** This node as an IP address; empty, and noted, when it is none. */
    Optional<IpAddress> address() {
        String text = text();
        Optional<IpAddress> address = IpAddress.parse(text);
        if (address.isEmpty()) {
            error(path, "\"" + text + "\" is no IP address");
        }
        return address;
    }

    /** A field as an IP address; empty when absent. */
    Optional<IpAddress> address(String field) {
        return has(field) ? new Fields(node.path(field), path(field), errors).address() : Optional.empty();
    }

    void error(String at, String message) {
        errors.add(new Note(at, message));
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case BOOLEAN, NUMBER -> value.asText();
            case STRING -> "\"" + value.textValue() + "\"";
            case NULL, MISSING -> "absent";
            case BINARY, POJO -> "not text";
        };
    }
}
