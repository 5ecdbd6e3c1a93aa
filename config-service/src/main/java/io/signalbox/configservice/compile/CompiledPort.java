package io.signalbox.configservice.compile;

import io.signalbox.configservice.compile.backends.BackendSpec;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.snapshot.PortResources;
import java.util.List;

/**
 * A port with what is needed to follow a change of endpoints alone.
 *
 * @param backends the backends of the port
 * @param problems findings about its structure, without places
 */
record CompiledPort(PortResources resources, List<BackendSpec> backends, List<Problem> problems) {}
