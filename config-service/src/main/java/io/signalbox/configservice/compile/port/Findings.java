package io.signalbox.configservice.compile.port;

import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what the compiler has to say, each thing once. */
public final class Findings {
    private final Set<Problem> problems = new LinkedHashSet<>();

    /** Not all of the object does what it says. */
    public void warn(ObjectRef object, String path, String message) {
        problems.add(new Problem(Problem.Severity.WARNING, Provenance.UNKNOWN, object, path, message));
    }

    /** Worth knowing. */
    public void inform(ObjectRef object, String path, String message) {
        problems.add(new Problem(Problem.Severity.INFO, Provenance.UNKNOWN, object, path, message));
    }

    /** All so far, without places. */
    public List<Problem> all() {
        return new ArrayList<>(problems);
    }
}
