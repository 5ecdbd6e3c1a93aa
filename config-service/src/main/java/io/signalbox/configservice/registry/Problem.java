package io.signalbox.configservice.registry;

import java.util.Comparator;

/**
 * One finding about what is declared, for the operator.
 *
 * @param severity what it means for the object
 * @param provenance where the object stands
 * @param object the object; kind and name may be empty when the finding is about a whole document or file
 * @param path field path such as {@code spec.ports[0].port}; empty when the finding is about the whole
 * @param message why, as a sentence for a person
 */
public record Problem(Severity severity, Provenance provenance, ObjectRef object, String path, String message)
        implements Comparable<Problem> {

    private static final Comparator<Problem> ORDER = Comparator.comparing(Problem::severity)
            .thenComparing(Problem::provenance)
            .thenComparing(Problem::object)
            .thenComparing(Problem::path)
            .thenComparing(Problem::message);

    /** What a problem means. */
    public enum Severity {
        /** The object, document or file is refused; what it declared before stays in force. */
        ERROR,
        /** The object is in force, but not all of it does what it says. */
        WARNING,
        /** Worth knowing; nothing is lost. */
        INFO
    }

    /** This problem, with the place where its object stands. */
    public Problem at(Provenance place) {
        return new Problem(severity, place, object, path, message);
    }

    /** Path and message, for who knows the object. */
    public String text() {
        return (path.isEmpty() ? "" : path + ": ") + message;
    }

    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }

    /** One line: place, object, path, message. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (!provenance.unit().isEmpty()) {
            text.append(provenance).append(' ');
        }
        if (!object.name().isEmpty()) {
            text.append(object).append(' ');
        }
        if (!path.isEmpty()) {
            text.append(path).append(' ');
        }
        if (!text.isEmpty()) {
            text.setCharAt(text.length() - 1, ':');
            text.append(' ');
        }
        return text.append(message).toString();
    }
}
