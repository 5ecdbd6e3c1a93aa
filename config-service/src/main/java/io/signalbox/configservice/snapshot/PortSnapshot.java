package io.signalbox.configservice.snapshot;

import java.util.List;
import java.util.TreeMap;

/**
 * Everything that traffic to one port needs.
 *
 * @param port original destination port, 1 to 65535
 * @param resources ordered by name, each name once
 */
public record PortSnapshot(int port, List<Resource> resources) {
    /** Orders the resources. */
    public PortSnapshot {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
        TreeMap<String, Resource> byName = new TreeMap<>();
        for (Resource resource : resources) {
            if (byName.put(resource.resourceName(), resource) != null) {
                throw new IllegalArgumentException("resource: " + resource.resourceName() + " stands twice");
            }
        }
        resources = List.copyOf(byName.values());
    }
}
