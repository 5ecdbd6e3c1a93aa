package io.signalbox.agent.model;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Changes of what a backend sees.
 *
 * @param path null: kept
 * @param authority null: kept
 */
public record Rewrite(@Nullable PathRewrite path, @Nullable String authority) {
    /** How the path changes; the query is never touched. */
    public sealed interface PathRewrite {
        /**
         * Replaces the prefix that matched, by text or by segments as the match was; after an exact or regex match the
         * whole path.
         */
        record Prefix(String replacement) implements PathRewrite {}

        /** Replaces the whole path. */
        record Full(String path) implements PathRewrite {}

        /**
         * Substitutes every match.
         *
         * @param pattern RE2
         * @param substitution {@code \\1} stands for the first group
         */
        record Regex(Pattern pattern, String substitution) implements PathRewrite {}
    }
}
