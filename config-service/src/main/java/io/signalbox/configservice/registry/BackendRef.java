package io.signalbox.configservice.registry;

/**
 * Where a route of the Gateway API sends traffic.
 *
 * @param group API group; empty: the core group
 * @param kind such as {@code Service}
 * @param namespace empty: that of the route
 * @param name name of the backend
 * @param port its port; 0: not declared
 * @param weight share relative to the sum over the rule; 1 when not declared
 */
public record BackendRef(String group, String kind, String namespace, String name, int port, int weight) {}
