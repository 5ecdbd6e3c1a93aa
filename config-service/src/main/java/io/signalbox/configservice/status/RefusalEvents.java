package io.signalbox.configservice.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.kubernetes.ApiRequests;
import io.signalbox.configservice.kubernetes.RequestBudget;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an Event about every object that is refused, once for what is wrong with it: its name says what it is about,
 * so that another replica's does not stand beside it. Confined to one thread.
 */
final class RefusalEvents {
    private static final Logger log = LoggerFactory.getLogger(RefusalEvents.class);
    private static final int MAX_NOTE = 1000;
    private static final int MAX_NAME = 200;
    private static final int MAX_INSTANCE = 128;
    private static final int HASH_BYTES = 8;

    private final ApiRequests requests;
    private final Function<ObjectRef, Optional<String>> paths;
    private final String identity;
    private final InstantSource clock;
    private final Map<ObjectRef, String> told = new HashMap<>();

    /** Events that nobody wrote yet; see {@link StatusWriter}. */
    RefusalEvents(
            ApiRequests requests, Function<ObjectRef, Optional<String>> paths, String identity, InstantSource clock) {
        this.requests = requests;
        this.paths = paths;
        this.identity = identity.length() > MAX_INSTANCE ? identity.substring(0, MAX_INSTANCE) : identity;
        this.clock = clock;
    }

    /** Another replica may write from now on. */
    void forget() {
        told.clear();
    }

    /**
     * Writes what is new.
     *
     * @param budget events that may be written
     * @throws ApiFailure when the API server cannot be asked; what is left is for the next time
     */
    void write(List<Problem> problems, RequestBudget budget) throws ApiFailure, InterruptedException {
        SortedMap<ObjectRef, String> refused = new TreeMap<>();
        for (Problem problem : problems) {
            if (problem.severity() == Problem.Severity.ERROR
                    && !problem.object().name().isEmpty()) {
                refused.merge(problem.object(), problem.text(), (left, right) -> left + "; " + right);
            }
        }
        told.keySet().retainAll(refused.keySet());
        for (Map.Entry<ObjectRef, String> entry : refused.entrySet()) {
            if (!entry.getValue().equals(told.get(entry.getKey())) && budget.take()) {
                write(entry.getKey(), entry.getValue());
            }
        }
    }

    private void write(ObjectRef ref, String text) throws ApiFailure, InterruptedException {
        Optional<String> path = paths.apply(ref);
        if (path.isEmpty()) {
            return;
        }
        String namespace = ref.namespace().isEmpty() ? "default" : ref.namespace();
        try {
            JsonNode object = requests.object(path.get());
            requests.create(
                    "apis/events.k8s.io/v1/namespaces/" + namespace + "/events", event(ref, object, namespace, text));
        } catch (ApiFailure e) {
            if (e.code() != ApiFailure.CONFLICT && e.code() != ApiFailure.NOT_FOUND) {
                throw e;
            }
            log.debug("event not written: object={} reason={}", ref, e.reason());
        }
        told.put(ref, text);
    }

    private ObjectNode event(ObjectRef ref, JsonNode object, String namespace, String text) {
        String note = "Refused, its last good form stays in force: "
                + (text.length() > MAX_NOTE ? text.substring(0, MAX_NOTE - 3) + "..." : text);
        JsonNode metadata = object.path("metadata");
        String name = ref.name().length() > MAX_NAME ? ref.name().substring(0, MAX_NAME) : ref.name();
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("apiVersion", "events.k8s.io/v1").put("kind", "Event");
        event.putObject("metadata")
                .put("name", name + "." + hash(metadata.path("uid").asText() + " " + text))
                .put("namespace", namespace);
        event.put("eventTime", MicroTime.of(clock.instant()));
        event.put("type", "Warning").put("reason", "Refused").put("action", "Validate");
        event.put("note", note);
        event.put("reportingController", ParentStatuses.CONTROLLER).put("reportingInstance", identity);
        ObjectNode regarding = event.putObject("regarding");
        regarding.put("apiVersion", object.path("apiVersion").asText()).put("kind", ref.kind());
        regarding.put("namespace", ref.namespace()).put("name", ref.name());
        regarding.put("uid", metadata.path("uid").asText());
        regarding.put("resourceVersion", metadata.path("resourceVersion").asText());
        return event;
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
