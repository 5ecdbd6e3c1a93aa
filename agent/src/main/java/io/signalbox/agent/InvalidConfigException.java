package io.signalbox.agent;

import java.util.List;

/** The options cannot be used; says every reason at once. */
final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InvalidConfigException(List<String> problems) {
        super(String.join("; ", problems), null, false, false);
        this.problems = List.copyOf(problems);
    }

    /** One line each: what, where, what to do. */
    List<String> problems() {
        return problems;
    }
}
