package io.signalbox.agent.capture.pods;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.Map;

/**
 * What a container runtime asks of the CNI plugin, see the CNI specification 1.1.0, section 2.
 *
 * @param command {@code ADD}, {@code DEL}, {@code CHECK} or {@code STATUS}
 * @param containerId tells pods' sandboxes apart
 * @param netns path of the network namespace; empty where there is none any more
 * @param arguments {@code CNI_ARGS}, by name
 * @param configuration the network configuration with {@code prevResult}
 */
record CniRequest(
        String command, String containerId, String netns, Map<String, String> arguments, JsonNode configuration) {
    private static final ObjectMapper JSON = new ObjectMapper();

    CniRequest {
        arguments = Map.copyOf(arguments);
    }

    /**
     * Reads what the plugin writes: {@code NAME=value} line by line, an empty line, and the configuration.
     *
     * @throws IllegalArgumentException when it is something else
     */
    static CniRequest parse(String text) {
        int end = text.indexOf("\n\n");
        if (end < 0) {
            throw new IllegalArgumentException("request: no empty line (expected: variables, an empty line, JSON)");
        }
        Map<String, String> variables = pairs(text.substring(0, end).split("\n", -1));
        JsonNode configuration;
        try {
            configuration = JSON.readTree(text.substring(end + 2));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("configuration: no JSON: " + e.getOriginalMessage(), e);
        }
        return new CniRequest(
                variables.getOrDefault("CNI_COMMAND", ""),
                variables.getOrDefault("CNI_CONTAINERID", ""),
                variables.getOrDefault("CNI_NETNS", ""),
                pairs(variables.getOrDefault("CNI_ARGS", "").split(";", -1)),
                configuration);
    }

    private static Map<String, String> pairs(String[] texts) {
        Map<String, String> pairs = new HashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals > 0) {
                pairs.put(text.substring(0, equals), text.substring(equals + 1));
            }
        }
        return pairs;
    }

    /** UID of the pod; empty where the runtime does not tell. */
    String podUid() {
        return arguments.getOrDefault("K8S_POD_UID", "");
    }

    /** Namespace of the pod; empty where the runtime does not tell. */
    String podNamespace() {
        return arguments.getOrDefault("K8S_POD_NAMESPACE", "");
    }

    /** Name of the pod; empty where the runtime does not tell. */
    String podName() {
        return arguments.getOrDefault("K8S_POD_NAME", "");
    }

    /** The answer that all is done: the result of the plugin before for an ADD, nothing for others. */
    CniAnswer done() {
        if (!command.equals("ADD")) {
            return new CniAnswer(0, "");
        }
        JsonNode previous = configuration.path("prevResult");
        return previous.isObject()
                ? new CniAnswer(0, previous.toString())
                : failed(7, "no prevResult in the configuration", "expected: chained behind another plugin");
    }

    /**
     * The answer that it was not done.
     *
     * @param code of the CNI specification, section 5
     */
    CniAnswer failed(int code, String message, String details) {
        return new CniAnswer(
                1,
                JSON.createObjectNode()
                        .put("cniVersion", configuration.path("cniVersion").asText("1.0.0"))
                        .put("code", code)
                        .put("msg", message)
                        .put("details", details)
                        .toString());
    }
}
