package io.signalbox.configservice.source.manifest;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads annotations that mean something here. */
final class Annotations {
    private Annotations() {}

    /**
     * One that has a word for a value.
     *
     * @param root the object
     * @param expected the words, for the warning about another, which says nothing
     * @return null: not said
     */
    static <T> @Nullable T word(Fields root, String name, Map<String, T> words, String expected) {
        Fields annotations = root.object("metadata").object("annotations");
        String text = annotations.isPresent() ? annotations.text(name) : "";
        T value = words.get(text);
        if (value == null && !text.isEmpty()) {
            annotations.warning(annotations.path(name), text + " has no effect (expected: " + expected + ")");
        }
        return value;
    }
}
