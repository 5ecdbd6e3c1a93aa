package io.signalbox.agent.balance;

/**
 * Where the agent's callers run.
 *
 * @param node name of the node
 * @param locality of the node: {@code region/zone/subzone}, as far as known
 */
public record Place(String node, String locality) {
    /** Value of a label of the topology; empty: none, or another label. */
    String label(String name) {
        Locality here = Locality.of(locality);
        return switch (name) {
            case "topology.kubernetes.io/region" -> here.region();
            case "topology.kubernetes.io/zone" -> here.zone();
            case "topology.istio.io/subzone" -> here.subzone();
            case "kubernetes.io/hostname" -> node;
            default -> "";
        };
    }
}
