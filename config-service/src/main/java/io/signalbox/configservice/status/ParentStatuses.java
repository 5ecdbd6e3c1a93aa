package io.signalbox.configservice.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.configservice.registry.ParentRef;
import io.signalbox.configservice.registry.Service;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts a route's conditions into its {@code status.parents}, beside those of other controllers. Pure. */
final class ParentStatuses {
    /** Who we are among the controllers that write there. */
    static final String CONTROLLER = "signalbox.io/controller";

    private static final String GATEWAY_GROUP = "gateway.networking.k8s.io";
    private static final List<String> REF_FIELDS = List.of("group", "kind", "namespace", "name", "sectionName", "port");

    private static final List<String> CONDITION_FIELDS =
            List.of("type", "status", "reason", "message", "observedGeneration", "lastTransitionTime");

    /**
     * A condition.
     *
     * @param type such as {@code Accepted}
     */
    record Condition(String type, boolean holds, String reason, String message) {}

    /** The conditions at one parent. */
    record Parent(ParentRef ref, List<Condition> conditions) {
        Parent {
            conditions = List.copyOf(conditions);
        }
    }

    private ParentStatuses() {}

    /**
     * What {@code status.parents} should be.
     *
     * @param present what it is; may be missing
     * @param generation version of the declaration that the conditions are about
     * @return empty when it is that already
     */
    static Optional<ArrayNode> merge(JsonNode present, List<Parent> parents, long generation, Instant now) {
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        List<Parent> missing = new ArrayList<>(parents);
        boolean changed = false;
        for (JsonNode entry : present) {
            if (!entry.path("controllerName").asText("").equals(CONTROLLER)) {
                merged.add(entry);
                continue;
            }
            Optional<Parent> ours = missing.stream()
                    .filter(parent -> isSameRef(entry.path("parentRef"), ref(parent.ref())))
                    .findFirst();
            if (ours.isPresent()) {
                missing.remove(ours.get());
                ObjectNode entryNow = entry(ours.get(), entry.path("conditions"), generation, now);
                changed |= !isSameEntry(entry, entryNow);
                merged.add(entryNow);
            } else {
                changed = true;
            }
        }
        for (Parent parent : missing) {
            merged.add(entry(parent, JsonNodeFactory.instance.arrayNode(), generation, now));
            changed = true;
        }
        return changed ? Optional.of(merged) : Optional.empty();
    }

    /** The Services that a route names as its parents, as the API server tells it. */
    static List<ParentRef> services(JsonNode route) {
        List<ParentRef> services = new ArrayList<>();
        for (JsonNode ref : route.path("spec").path("parentRefs")) {
            if (refField(ref, "group").isEmpty() && refField(ref, "kind").equals(Service.KIND)) {
                services.add(new ParentRef(
                        "",
                        Service.KIND,
                        refField(ref, "namespace"),
                        refField(ref, "name"),
                        refField(ref, "sectionName"),
                        ref.path("port").asInt(0)));
            }
        }
        return services;
    }

    private static ObjectNode ref(ParentRef ref) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("group", ref.group());
        node.put("kind", ref.kind());
        node.put("name", ref.name());
        if (!ref.namespace().isEmpty()) {
            node.put("namespace", ref.namespace());
        }
        if (!ref.sectionName().isEmpty()) {
            node.put("sectionName", ref.sectionName());
        }
        if (ref.port() != 0) {
            node.put("port", ref.port());
        }
        return node;
    }

    private static ObjectNode entry(Parent parent, JsonNode conditionsBefore, long generation, Instant now) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.set("parentRef", ref(parent.ref()));
        entry.put("controllerName", CONTROLLER);
        ArrayNode conditions = entry.putArray("conditions");
        for (Condition condition : parent.conditions()) {
            String status = condition.holds() ? "True" : "False";
            String since = now.truncatedTo(ChronoUnit.SECONDS).toString();
            for (JsonNode before : conditionsBefore) {
                if (before.path("type").asText("").equals(condition.type())
                        && before.path("status").asText("").equals(status)) {
                    since = before.path("lastTransitionTime").asText(since);
                }
            }
            conditions
                    .addObject()
                    .put("type", condition.type())
                    .put("status", status)
                    .put("reason", condition.reason())
                    .put("message", condition.message())
                    .put("observedGeneration", generation)
                    .put("lastTransitionTime", since);
        }
        return entry;
    }

    private static boolean isSameEntry(JsonNode before, JsonNode now) {
        JsonNode conditionsBefore = before.path("conditions");
        JsonNode conditions = now.path("conditions");
        if (conditionsBefore.size() != conditions.size()) {
            return false;
        }
        for (int i = 0; i < conditions.size(); i++) {
            JsonNode left = conditionsBefore.path(i);
            JsonNode right = conditions.path(i);
            // As text: numbers may differ in width.
            if (!CONDITION_FIELDS.stream()
                    .allMatch(field ->
                            left.path(field).asText().equals(right.path(field).asText()))) {
                return false;
            }
        }
        return true;
    }

    /** Whether two references mean the same, whatever they leave out because it goes without saying. */
    private static boolean isSameRef(JsonNode left, JsonNode right) {
        return REF_FIELDS.stream().allMatch(field -> refField(left, field).equals(refField(right, field)));
    }

    private static String refField(JsonNode ref, String field) {
        String absent = switch (field) {
            case "group" -> GATEWAY_GROUP;
            case "kind" -> "Gateway";
            default -> "";
        };
        return ref.path(field).asText(absent);
    }
}
