package io.signalbox.agent.model;

/**
 * The callers that something counts for.
 *
 * @param namespace of the caller; empty: every namespace
 * @param scope name of a {@link CallerScope} that restricts visibility; empty: callers without one
 */
public record Audience(String namespace, String scope) {
    /** Every caller without a restricting scope. */
    public static final Audience EVERYONE = new Audience("", "");
}
