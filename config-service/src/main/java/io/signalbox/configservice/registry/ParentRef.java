package io.signalbox.configservice.registry;

/**
 * What a route of the Gateway API hangs on; for the mesh a Service.
 *
 * @param group API group; empty: the core group
 * @param kind such as {@code Service}
 * @param namespace empty: that of the route
 * @param name name of the parent
 * @param sectionName name of its port; empty: not declared
 * @param port its port; 0: every port
 */
public record ParentRef(String group, String kind, String namespace, String name, String sectionName, int port) {}
