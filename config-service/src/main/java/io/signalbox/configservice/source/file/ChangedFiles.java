package io.signalbox.configservice.source.file;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The files that events told about since the last look. Safe for use by several threads. */
final class ChangedFiles {
    private Set<Path> files = new TreeSet<>();
    private boolean everything = true;

    /** This file may be new, another, or gone. */
    synchronized void add(Path file) {
        files.add(file);
    }

    /** Anything may have changed. */
    synchronized void addEverything() {
        everything = true;
    }

    /** What there is to look at, and forgets it; empty: everything. */
    synchronized Optional<Set<Path>> take() {
        Optional<Set<Path>> taken = everything ? Optional.empty() : Optional.of(files);
        files = new TreeSet<>();
        everything = false;
        return taken;
    }
}
