package io.signalbox.configservice.registry;

import java.util.List;

/** A Gateway API TCPRoute. */
public record TcpRoute(ObjectMeta metadata, List<ParentRef> parentRefs, List<Rule> rules) implements RegistryObject {
    /** Kubernetes' kind. */
    public static final String KIND = "TCPRoute";

    public TcpRoute {
        parentRefs = List.copyOf(parentRefs);
        rules = List.copyOf(rules);
    }

    /**
     * A rule.
     *
     * @param name empty: none
     */
    public record Rule(String name, List<BackendRef> backendRefs) {
        public Rule {
            backendRefs = List.copyOf(backendRefs);
        }
    }
}
