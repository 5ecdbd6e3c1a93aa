package io.signalbox.configservice.registry;

/**
 * A namespace.
 *
 * @param capture what it says for its pods
 */
public record Namespace(ObjectMeta metadata, Capture capture) implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "Namespace";
}
