package io.signalbox.configservice.registry;

/** A Kubernetes Node: where its pods are. */
public record Node(ObjectMeta metadata) implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "Node";

    private static final String REGION = "topology.kubernetes.io/region";
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final String SUBZONE = "topology.istio.io/subzone";
    private static final String OLD_REGION = "failure-domain.beta.kubernetes.io/region";
    private static final String OLD_ZONE = "failure-domain.beta.kubernetes.io/zone";

    /** The locality that its labels declare; the old labels count where the new ones are missing. */
    public Locality locality() {
        return new Locality(label(REGION, OLD_REGION), label(ZONE, OLD_ZONE), label(SUBZONE, SUBZONE));
    }

    private String label(String name, String old) {
        return metadata.labels().getOrDefault(name, metadata.labels().getOrDefault(old, ""));
    }
}
