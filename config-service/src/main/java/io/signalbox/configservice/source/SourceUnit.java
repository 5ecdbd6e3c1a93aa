package io.signalbox.configservice.source;

import io.signalbox.configservice.registry.Problem;
import java.util.List;

/**
 * The part of a source that fails or changes as one, such as a file.
 *
 * @param name unique within the source
 * @param declarations in the order in which they stand
 * @param problems findings that belong to no object that could be named
 * @param complete false when some of it could not be read, so that an object's absence does not mean that it is gone
 */
public record SourceUnit(String name, List<Declaration> declarations, List<Problem> problems, boolean complete) {
    public SourceUnit {
        declarations = List.copyOf(declarations);
        problems = List.copyOf(problems);
    }
}
