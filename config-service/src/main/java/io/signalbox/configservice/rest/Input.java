package io.signalbox.configservice.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.configservice.registry.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A node of a request's body with its path. What is wrong is noted in the shared list and read as absent. */
final class Input {
    private final @Nullable JsonNode node;
    private final String path;
    private final List<String> errors;

    private Input(@Nullable JsonNode node, String path, List<String> errors) {
        this.node = node == null || node.isNull() ? null : node;
        this.path = path;
        this.errors = errors;
    }

    /** A body; its errors are noted in {@code errors}. */
    static Input of(JsonNode body, List<String> errors) {
        return new Input(body, "", errors);
    }

    String path() {
        return path;
    }

    boolean isPresent() {
        return node != null;
    }

    void error(String message) {
        errors.add(path + ": " + message);
    }

    private void error(JsonNode actual, String expected) {
        error(shown(actual) + " (expected: " + expected + ")");
    }

    private static String shown(JsonNode actual) {
        return switch (actual.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            default -> actual.toString();
        };
    }

    /** A field of this object. */
    Input field(String name) {
        return new Input(node == null ? null : node.get(name), path.isEmpty() ? name : path + "." + name, errors);
    }

    /** This as an object that may have these fields and no others; absent when it is none. */
    Input object(String... fields) {
        if (node == null) {
            return this;
        }
        if (!node.isObject()) {
            error(node, "an object");
            return new Input(null, path, errors);
        }
        Set<String> unknown = new LinkedHashSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        List.of(fields).forEach(unknown::remove);
        for (String name : unknown) {
            field(name).error("is no known field (expected: one of " + String.join(", ", fields) + ")");
        }
        return this;
    }

    /** As {@link #object}, and must be there. */
    Input requiredObject(String... fields) {
        if (node == null) {
            error("is missing (expected: an object)");
        }
        return object(fields);
    }

    /** Text; {@code absent} when absent. */
    String text(String absent) {
        if (node == null) {
            return absent;
        }
        if (!node.isTextual()) {
            error(node, "text");
            return absent;
        }
        return node.textValue();
    }

    /** Text that must be there and not be empty; empty after an error. */
    String requiredText(String expected) {
        if (node == null) {
            error("is missing (expected: " + expected + ")");
            return "";
        }
        String text = text("");
        if (text.isEmpty() && node.isTextual()) {
            error(node, expected);
        }
        return text;
    }

    /** True or false; false when absent. */
    boolean flag() {
        if (node != null && !node.isBoolean()) {
            error(node, "true or false");
        }
        return node != null && node.booleanValue();
    }

    /** An IP address. */
    Optional<IpAddress> address() {
        String text = text("");
        Optional<IpAddress> address = text.isEmpty() ? Optional.empty() : IpAddress.parse(text);
        if (node != null && node.isTextual() && address.isEmpty()) {
            error(node, "an IP address");
        }
        return address;
    }

    /** Items of a list of texts; none when absent. */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        if (node == null) {
            return texts;
        }
        if (!node.isArray()) {
            error(node, "a list of texts");
            return texts;
        }
        for (int i = 0; i < node.size(); i++) {
            Input item = new Input(node.get(i), path + "[" + i + "]", errors);
            if (item.node == null) {
                item.error("null (expected: text)");
            } else {
                texts.add(item.text(""));
            }
        }
        return texts;
    }

    /** The fields of an object that may have any names; none when absent. */
    Map<String, Input> fields() {
        Map<String, Input> fields = new LinkedHashMap<>();
        if (node != null && !node.isObject()) {
            error(node, "an object");
        } else if (node != null) {
            node.fieldNames().forEachRemaining(name -> fields.put(name, field(name)));
        }
        return fields;
    }

    /** Text, or a list of texts. */
    List<String> textOrTexts() {
        return node != null && node.isArray() ? texts() : List.of(text(""));
    }
}
