package io.signalbox.configservice.compile;

import io.signalbox.configservice.compile.backends.BackendSpec;
import io.signalbox.configservice.compile.http.HttpPort;
import io.signalbox.configservice.compile.port.Unit;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.snapshot.PortResources;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * A port with what is needed to follow a change without compiling all of it.
 *
 * @param resources the result
 * @param units what each host adds to it
 * @param backends the backends of all units, ordered by name
 * @param separable whether hosts can be compiled apart: nothing on the port is for every address, or counts for some
 *     callers because of some service
 * @param extent for how many callers it has HTTP by Host
 */
record CompiledPort(
        PortResources resources,
        SortedMap<String, Unit> units,
        List<BackendSpec> backends,
        boolean separable,
        HttpPort.Extent extent) {
    /** Findings about its structure, without places. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        units.values().forEach(unit -> problems.addAll(unit.problems()));
        return problems;
    }
}
