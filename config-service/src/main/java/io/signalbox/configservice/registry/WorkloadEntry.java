package io.signalbox.configservice.registry;

/**
 * An Istio WorkloadEntry: a workload that is no pod. Its labels are those of {@code endpoint}, not of the metadata.
 *
 * @param endpoint the workload
 */
public record WorkloadEntry(ObjectMeta metadata, WorkloadEndpoint endpoint) implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "WorkloadEntry";
}
