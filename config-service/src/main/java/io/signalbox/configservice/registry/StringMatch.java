package io.signalbox.configservice.registry;

/** A condition on a text, as Istio writes it: {@code exact}, {@code prefix}, {@code regex} or none of them. */
public sealed interface StringMatch {
    /** The text is this one. */
    record Exact(String value) implements StringMatch {}

    /** The text begins with this one; empty: every text. */
    record Prefix(String value) implements StringMatch {}

    /** The whole text matches this RE2 expression. */
    record Regex(String value) implements StringMatch {}

    /** The text is there at all (written {@code {}}). */
    record Present() implements StringMatch {}
}
