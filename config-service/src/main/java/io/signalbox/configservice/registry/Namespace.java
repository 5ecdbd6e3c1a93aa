package io.signalbox.configservice.registry;

/** A namespace. Its labels will select policies; today nothing else depends on it. */
public record Namespace(ObjectMeta metadata) implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "Namespace";
}
