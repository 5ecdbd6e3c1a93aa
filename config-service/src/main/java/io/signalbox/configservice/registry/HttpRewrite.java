package io.signalbox.configservice.registry;

import org.jspecify.annotations.Nullable;

/**
 * Changes of the request line. Path changes exclude each other.
 *
 * @param uri in place of the matched prefix or the whole path; empty: kept
 * @param authority in place of Host; empty: kept
 * @param uriRegex substitution in the path
 */
public record HttpRewrite(
        String uri, String authority, @Nullable RegexRewrite uriRegex) {
    /**
     * Every match in the path is replaced.
     *
     * @param match RE2 expression
     * @param rewrite replacement; {@code \1} stands for the first group
     */
    public record RegexRewrite(String match, String rewrite) {}
}
