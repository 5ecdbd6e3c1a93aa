package io.signalbox.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One object of a build. */
record Manifest(JsonNode root) {
    String kind() {
        return at("/kind").asText();
    }

    String apiVersion() {
        return at("/apiVersion").asText();
    }

    String name() {
        return at("/metadata/name").asText();
    }

    /** Empty for objects of the whole cluster. */
    String namespace() {
        return at("/metadata/namespace").asText();
    }

    /** What a JSON pointer leads to; missing when nothing. */
    JsonNode at(String pointer) {
        return root.at(pointer);
    }

    /** Of what has a pod template: the containers, those for the start first. */
    Stream<JsonNode> containers() {
        return Stream.concat(
                items(at("/spec/template/spec/initContainers")), items(at("/spec/template/spec/containers")));
    }

    JsonNode container(String name) {
        return containers()
                .filter(container -> container.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    Map<String, String> podLabels() {
        return texts(at("/spec/template/metadata/labels"));
    }

    /** The fields of an object of texts. */
    static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new TreeMap<>();
        object.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    /** The items of a list; none when it is missing. */
    static Stream<JsonNode> items(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    @Override
    public String toString() {
        return kind() + " " + name();
    }
}
