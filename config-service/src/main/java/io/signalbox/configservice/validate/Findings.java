package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what is found in one object. */
final class Findings {
    private final ObjectRef object;
    private final List<Problem> problems = new ArrayList<>();

    Findings(ObjectRef object) {
        this.object = object;
    }

    void error(String path, String message) {
        add(Problem.Severity.ERROR, path, message);
    }

    void warning(String path, String message) {
        add(Problem.Severity.WARNING, path, message);
    }

    void info(String path, String message) {
        add(Problem.Severity.INFO, path, message);
    }

    /** Notes the complaint as an error, if there is one. */
    void check(String path, Optional<String> complaint) {
        complaint.ifPresent(message -> error(path, message));
    }

    private void add(Problem.Severity severity, String path, String message) {
        problems.add(new Problem(severity, Provenance.UNKNOWN, object, path, message));
    }

    List<Problem> problems() {
        return problems;
    }

    boolean hasErrors() {
        return problems.stream().anyMatch(problem -> problem.severity() == Problem.Severity.ERROR);
    }
}
