package io.signalbox.configservice.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.Published;
import io.signalbox.configservice.wire.Version;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one replica says of its agents: by which rules they serve the ports that routes are for. Versions are hashes of
 * content, so one replica's can be compared with another's; those of rules do not change with endpoints.
 *
 * @param agents how many are connected
 * @param ports by number; without agents none
 */
record AgentStatement(int agents, SortedMap<Integer, Port> ports) {
    /** The rules of a port that nobody holds. */
    static final String NO_RULES = "none";

    /** More are not told to other replicas: the text must fit into an annotation. */
    static final int MAX_PORTS = 500;

    private static final int MAX_REFUSAL = 200;
    private static final int VERSION_DIGITS = 16;

    /**
     * What the agents hold of a port.
     *
     * @param rules version of the rules that all of them serve by; {@link #NO_RULES}: none; empty: they differ
     * @param refusal which agent refuses the newest form and why; empty: none does
     */
    record Port(String rules, String refusal) {}

    AgentStatement {
        ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
    }

    /** The versions of the rules that are published for these ports, by port. */
    static Map<Integer, String> published(Set<Integer> ports, Published published) {
        Map<Integer, String> rules = new HashMap<>();
        for (int port : ports) {
            EncodedPort encoded = published.ports().get(port);
            rules.put(port, encoded == null ? NO_RULES : rules(encoded));
        }
        return rules;
    }

    /**
     * What there is to say.
     *
     * @param ports that routes are for
     * @param published what the agents are offered, or newer
     */
    static AgentStatement of(List<AgentView> agents, Set<Integer> ports, Published published) {
        if (agents.isEmpty()) {
            return new AgentStatement(0, Collections.emptySortedMap());
        }
        Map<Integer, Map<String, String>> known = new HashMap<>();
        SortedMap<Integer, Port> said = new TreeMap<>();
        for (AgentView agent : agents) {
            Map<Integer, Port> held = new HashMap<>();
            for (AgentView.Port port : agent.ports()) {
                if (ports.contains(port.port())) {
                    String rules = known.computeIfAbsent(port.port(), _ -> new HashMap<>())
                            .computeIfAbsent(port.heldVersion(), version -> rules(port.port(), version, published));
                    held.put(port.port(), new Port(rules, refusal(agent, port)));
                }
            }
            for (int port : ports) {
                said.merge(port, held.getOrDefault(port, new Port(NO_RULES, "")), AgentStatement::both);
            }
        }
        return new AgentStatement(agents.size(), said);
    }

    private static Port both(Port left, Port right) {
        return new Port(
                left.rules.equals(right.rules) ? left.rules : "",
                left.refusal.isEmpty() ? right.refusal : left.refusal);
    }

    private static String refusal(AgentView agent, AgentView.Port port) {
        if (port.refusedReason().isEmpty()) {
            return "";
        }
        String text =
                "the agent of node " + agent.node() + " refuses port " + port.port() + ": " + port.refusedReason();
        return text.length() > MAX_REFUSAL ? text.substring(0, MAX_REFUSAL - 3) + "..." : text;
    }

    /** Of a version that nobody remembers it cannot be told. */
    private static String rules(int port, String version, Published published) {
        return version.isEmpty()
                ? NO_RULES
                : published
                        .version(port, new Version(version))
                        .map(AgentStatement::rules)
                        .orElse("");
    }

    private static String rules(EncodedPort port) {
        return port.rulesVersion().value().substring(0, VERSION_DIGITS);
    }

    /** As text for other replicas. */
    String encoded() {
        ObjectNode statement = JsonNodeFactory.instance.objectNode();
        statement.put("agents", agents);
        ObjectNode byPort = statement.putObject("ports");
        ports.entrySet().stream().limit(MAX_PORTS).forEach(entry -> {
            ObjectNode port = byPort.putObject(entry.getKey().toString());
            if (!entry.getValue().rules.isEmpty()) {
                port.put("rules", entry.getValue().rules);
            }
            if (!entry.getValue().refusal.isEmpty()) {
                port.put("refusal", entry.getValue().refusal);
            }
        });
        return statement.toString();
    }

    /** The statement in another replica's text; null when it cannot be understood. */
    static @Nullable AgentStatement decoded(String text, ObjectMapper json) {
        try {
            JsonNode statement = json.readTree(text);
            if (!statement.path("agents").isInt()) {
                return null;
            }
            SortedMap<Integer, Port> ports = new TreeMap<>();
            for (Map.Entry<String, JsonNode> port : statement.path("ports").properties()) {
                ports.put(
                        Integer.valueOf(port.getKey()),
                        new Port(
                                port.getValue().path("rules").asText(""),
                                port.getValue().path("refusal").asText("")));
            }
            return new AgentStatement(statement.path("agents").asInt(), ports);
        } catch (JsonProcessingException | NumberFormatException e) {
            return null;
        }
    }
}
