package io.signalbox.configservice.wire;

import io.signalbox.configservice.registry.Revision;
import io.signalbox.configservice.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is offered to agents at one moment. Immutable; shares everything that did not change with what was published
 * before.
 *
 * @param revision the registry's state that it was compiled from
 * @param ports by port, ordered
 * @param history by port: versions, the current one first
 * @param updates by port: what leads to the current version
 * @param nodes what each node is told of its workloads, by name; nodes about which nothing is known are absent
 * @param otherNodes what such a node is told
 */
public record Published(
        Revision revision,
        SortedMap<Integer, EncodedPort> ports,
        Map<Integer, List<EncodedPort>> history,
        Map<Integer, PortUpdates> updates,
        Map<String, EncodedWorkloads> nodes,
        EncodedWorkloads otherNodes) {
    /** How many versions of a port are kept so that a delta can be made from them. They share their resources. */
    public static final int HISTORY = 64;

    /** Nothing, before the first load. */
    public static final Published EMPTY = new Published(
            Revision.NONE,
            new TreeMap<>(),
            Map.of(),
            Map.of(),
            Map.of(),
            EncodedWorkloads.of(Snapshot.EMPTY.otherNodes(), null));

    public Published {
        ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
        history = Map.copyOf(history);
        updates = Map.copyOf(updates);
        nodes = Map.copyOf(nodes);
    }

    /** Whether this is more than the nothing before the first load. */
    public boolean isLoaded() {
        return !revision.equals(Revision.NONE);
    }

    /** What it is once this snapshot is published. Encodes only what is not the same object as here. */
    @SuppressWarnings("ReferenceEquality") // what did not change is shared
    public Published next(Snapshot snapshot) {
        SortedMap<Integer, EncodedPort> nextPorts = new TreeMap<>();
        Map<Integer, List<EncodedPort>> nextHistory = new HashMap<>();
        Map<Integer, PortUpdates> nextUpdates = new HashMap<>();
        snapshot.ports().forEach((port, portSnapshot) -> {
            EncodedPort encoded = EncodedPort.of(portSnapshot, ports.get(port));
            nextPorts.put(port, encoded);
            List<EncodedPort> versions = prepend(encoded, history.getOrDefault(port, List.of()));
            nextHistory.put(port, versions);
            PortUpdates known = updates.get(port);
            nextUpdates.put(
                    port, known != null && known.port() == encoded ? known : new PortUpdates(encoded, versions));
        });
        Map<String, EncodedWorkloads> nextNodes = new HashMap<>();
        snapshot.nodes()
                .forEach((node, workloads) -> nextNodes.put(node, EncodedWorkloads.of(workloads, nodes.get(node))));
        return new Published(
                snapshot.revision(),
                nextPorts,
                nextHistory,
                nextUpdates,
                nextNodes,
                EncodedWorkloads.of(snapshot.otherNodes(), otherNodes));
    }

    private static List<EncodedPort> prepend(EncodedPort newest, List<EncodedPort> older) {
        if (!older.isEmpty() && older.getFirst().version().equals(newest.version())) {
            return older;
        }
        List<EncodedPort> versions = new ArrayList<>(HISTORY);
        versions.add(newest);
        for (EncodedPort version : older) {
            if (versions.size() < HISTORY && !version.version().equals(newest.version())) {
                versions.add(version);
            }
        }
        return List.copyOf(versions);
    }

    /**
     * What leads an agent to the port's current version.
     *
     * @param port one of {@link #ports}
     * @param held what the agent holds; {@link Version#NONE}: nothing, so that it gets the whole
     */
    public PortUpdates.Update update(int port, Version held) {
        return Objects.requireNonNull(updates.get(port)).from(held);
    }

    /** The port in a version that it has or recently had. */
    public Optional<EncodedPort> version(int port, Version version) {
        return history.getOrDefault(port, List.of()).stream()
                .filter(candidate -> candidate.version().equals(version))
                .findFirst();
    }

    /** What the node is told of its workloads. */
    public EncodedWorkloads workloads(String node) {
        return nodes.getOrDefault(node, otherNodes);
    }
}
