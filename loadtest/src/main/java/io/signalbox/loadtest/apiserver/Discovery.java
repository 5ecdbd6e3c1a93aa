package io.signalbox.loadtest.apiserver;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the API server tells of the kinds that it serves, which is how clients such as kubectl find them. */
final class Discovery {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Discovery() {}

    /** The answer to a GET of that path; empty when it is not about kinds. */
    static Optional<String> answer(String path) {
        return switch (path) {
            case "/version" ->
                Optional.of(JSON.objectNode()
                        .put("major", "1")
                        .put("minor", "34")
                        .put("gitVersion", "v1.34.0")
                        .toString());
            case "/api" -> {
                ObjectNode versions = JSON.objectNode().put("kind", "APIVersions");
                versions.putArray("versions").add("v1");
                yield Optional.of(versions.toString());
            }
            case "/apis" -> Optional.of(groups().toString());
            default -> {
                List<ServedKind> kinds = ServedKind.ALL.stream()
                        .filter(kind -> path.equals((kind.group().isEmpty() ? "/api/" : "/apis/") + kind.apiVersion()))
                        .toList();
                yield kinds.isEmpty()
                        ? Optional.empty()
                        : Optional.of(resources(kinds).toString());
            }
        };
    }

    private static ObjectNode groups() {
        ObjectNode list = JSON.objectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        Set<String> names = new LinkedHashSet<>();
        ServedKind.ALL.stream()
                .map(ServedKind::group)
                .filter(group -> !group.isEmpty())
                .forEach(names::add);
        for (String name : names) {
            ObjectNode group = groups.addObject().put("name", name);
            ArrayNode versions = group.putArray("versions");
            ServedKind.ALL.stream()
                    .filter(kind -> kind.group().equals(name))
                    .map(ServedKind::version)
                    .distinct()
                    .forEach(version -> versions.addObject()
                            .put("groupVersion", name + "/" + version)
                            .put("version", version));
            group.set("preferredVersion", versions.get(0));
        }
        return list;
    }

    private static ObjectNode resources(List<ServedKind> kinds) {
        ObjectNode list = JSON.objectNode()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", kinds.getFirst().apiVersion());
        ArrayNode resources = list.putArray("resources");
        for (ServedKind kind : kinds) {
            ObjectNode resource = resources
                    .addObject()
                    .put("name", kind.plural())
                    .put("singularName", "")
                    .put("namespaced", kind.namespaced())
                    .put("kind", kind.kind());
            List.of("create", "delete", "get", "list", "patch", "update", "watch")
                    .forEach(resource.putArray("verbs")::add);
        }
        return list;
    }
}
