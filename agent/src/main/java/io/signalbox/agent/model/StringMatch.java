package io.signalbox.agent.model;

import com.google.re2j.Pattern;

/** A condition on text. */
public sealed interface StringMatch {
    /** The whole text, with case. */
    record Exact(String text) implements StringMatch {}

    /** The beginning of the text, with case. */
    record Prefix(String text) implements StringMatch {}

    /**
     * The whole text.
     *
     * @param pattern RE2, compiled once: matching takes linear time
     */
    record Regex(Pattern pattern) implements StringMatch {}

    /** The text is there, whatever it says. */
    record Present() implements StringMatch {}
}
