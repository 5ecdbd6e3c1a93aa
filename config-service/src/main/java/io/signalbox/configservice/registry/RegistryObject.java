package io.signalbox.configservice.registry;

/** An object that an operator declares or Kubernetes reports. */
public sealed interface RegistryObject
        permits Namespace,
                Node,
                Service,
                EndpointSlice,
                Pod,
                VirtualService,
                DestinationRule,
                ServiceEntry,
                WorkloadEntry,
                Sidecar,
                HttpRoute,
                GrpcRoute,
                TcpRoute,
                TlsRoute,
                ReferenceGrant {
    /** Name, namespace, labels and age. */
    ObjectMeta metadata();

    /** Kubernetes' word for what it is, such as {@code Service}. */
    default String kind() {
        return switch (this) {
            case Namespace _ -> Namespace.KIND;
            case Node _ -> Node.KIND;
            case Service _ -> Service.KIND;
            case EndpointSlice _ -> EndpointSlice.KIND;
            case Pod _ -> Pod.KIND;
            case VirtualService _ -> VirtualService.KIND;
            case DestinationRule _ -> DestinationRule.KIND;
            case ServiceEntry _ -> ServiceEntry.KIND;
            case WorkloadEntry _ -> WorkloadEntry.KIND;
            case Sidecar _ -> Sidecar.KIND;
            case HttpRoute _ -> HttpRoute.KIND;
            case GrpcRoute _ -> GrpcRoute.KIND;
            case TcpRoute _ -> TcpRoute.KIND;
            case TlsRoute _ -> TlsRoute.KIND;
            case ReferenceGrant _ -> ReferenceGrant.KIND;
        };
    }

    /** The name of this object in the registry. */
    default ObjectRef ref() {
        return new ObjectRef(kind(), metadata().namespace(), metadata().name());
    }
}
