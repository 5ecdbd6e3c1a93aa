package io.signalbox.configservice.source.manifest;

import java.util.ArrayList;
import java.util.List;

/** What is noted while one object is read. */
final class Notes {
    /** A finding: path and message. */
    record Note(String path, String message) {}

    private final List<Note> errors = new ArrayList<>();
    private final List<Note> warnings = new ArrayList<>();

    /** Notes something that makes the object unusable. */
    void error(String path, String message) {
        errors.add(new Note(path, message));
    }

    /** Notes something that is understood and does not do what it says. */
    void warning(String path, String message) {
        warnings.add(new Note(path, message));
    }

    List<Note> errors() {
        return errors;
    }

    List<Note> warnings() {
        return warnings;
    }
}
