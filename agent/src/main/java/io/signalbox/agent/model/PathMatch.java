package io.signalbox.agent.model;

import com.google.re2j.Pattern;

/** A condition on a normalised path, without query and fragment. */
public sealed interface PathMatch {
    /** The whole path. */
    record Exact(String path, boolean ignoreCase) implements PathMatch {}

    /** The beginning, as text: {@code /cart} takes {@code /cartoon}. */
    record Prefix(String prefix, boolean ignoreCase) implements PathMatch {}

    /**
     * The beginning, by segments: {@code /cart} takes {@code /cart} and {@code /cart/x}. Has no {@code /} at its end.
     */
    record SegmentPrefix(String prefix) implements PathMatch {}

    /**
     * The whole path.
     *
     * @param pattern RE2, compiled once: matching takes linear time
     */
    record Regex(Pattern pattern) implements PathMatch {}
}
