package io.signalbox.configservice.registry;

/** A namespace. Nothing of it but its name is looked at. */
public record Namespace(ObjectMeta metadata) implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "Namespace";
}
