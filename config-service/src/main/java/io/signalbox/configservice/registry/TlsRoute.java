package io.signalbox.configservice.registry;

import java.util.List;

/**
 * A Gateway API TLSRoute.
 *
 * @param hostnames server names, lower-case, that it is for; empty: any
 */
public record TlsRoute(
        ObjectMeta metadata, List<ParentRef> parentRefs, List<String> hostnames, List<TcpRoute.Rule> rules)
        implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "TLSRoute";

    public TlsRoute {
        parentRefs = List.copyOf(parentRefs);
        hostnames = List.copyOf(hostnames);
        rules = List.copyOf(rules);
    }
}
