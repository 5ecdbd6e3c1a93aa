package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import java.util.ArrayList;
import java.util.List;

/** Collects what is found in one object. */
final class Findings {
    private final ObjectRef object;
    private final List<Problem> problems = new ArrayList<>();

    Findings(ObjectRef object) {
        this.object = object;
    }

    void error(String path, String message) {
        problems.add(new Problem(Problem.Severity.ERROR, Provenance.UNKNOWN, object, path, message));
    }

    void warning(String path, String message) {
        problems.add(new Problem(Problem.Severity.WARNING, Provenance.UNKNOWN, object, path, message));
    }

    List<Problem> problems() {
        return problems;
    }

    boolean hasErrors() {
        return problems.stream().anyMatch(problem -> problem.severity() == Problem.Severity.ERROR);
    }
}
