package io.signalbox.configservice.compile.port;

import io.signalbox.config.v1.HostPattern;
import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.compile.backends.BackendSpec;
import io.signalbox.configservice.registry.Problem;
import java.util.List;

/**
 * What one host adds to a port. It stays as it is until something changes that the host depends on.
 *
 * @param resources frontends and virtual hosts
 * @param backends where they lead
 * @param hidden Host values that mean nothing to some callers
 * @param problems findings, without places
 */
public record Unit(
        List<Resource> resources, List<BackendSpec> backends, List<HostPattern> hidden, List<Problem> problems) {
    public Unit {
        resources = List.copyOf(resources);
        backends = List.copyOf(backends);
        hidden = List.copyOf(hidden);
        problems = List.copyOf(problems);
    }
}
