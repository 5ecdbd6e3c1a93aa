package io.signalbox.configservice.snapshot;

import io.signalbox.config.v1.Resource;
import java.util.List;

/**
 * Everything that traffic to one port needs.
 *
 * @param port original destination port, 1 to 65535
 * @param resources ordered by name as the contract orders them, each name once
 */
public record PortResources(int port, List<Resource> resources) {
    /**
     * Takes the resources as they are.
     *
     * @throws IllegalArgumentException when the port is none, or the names are out of order or not unique
     */
    public PortResources {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
        resources = List.copyOf(resources);
        for (int i = 1; i < resources.size(); i++) {
            String name = resources.get(i).getName();
            if (resources.get(i - 1).getName().compareTo(name) >= 0) {
                throw new IllegalArgumentException("resources: " + name + " is out of order or stands twice");
            }
        }
    }
}
