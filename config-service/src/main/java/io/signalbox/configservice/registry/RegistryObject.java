package io.signalbox.configservice.registry;

/** An object that an operator declares or Kubernetes reports. */
public sealed interface RegistryObject permits Namespace, Service, EndpointSlice, Pod, DestinationRule {
    /** Name, namespace, labels and age. */
    ObjectMeta metadata();

    /** Kubernetes' word for what it is, such as {@code Service}. */
    default String kind() {
        return switch (this) {
            case Namespace _ -> Namespace.KIND;
            case Service _ -> Service.KIND;
            case EndpointSlice _ -> EndpointSlice.KIND;
            case Pod _ -> Pod.KIND;
            case DestinationRule _ -> DestinationRule.KIND;
        };
    }

    /** The name of this object in the registry. */
    default ObjectRef ref() {
        return new ObjectRef(kind(), metadata().namespace(), metadata().name());
    }
}
