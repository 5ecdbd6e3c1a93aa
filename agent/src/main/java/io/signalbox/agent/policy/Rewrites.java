package io.signalbox.agent.policy;

import com.google.re2j.Matcher;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.Rewrite.PathRewrite;
import org.jspecify.annotations.Nullable;

/** What a rewrite makes of a path. The query is never touched. */
public final class Rewrites {
    private Rewrites() {}

    /**
     * The path that the backend sees.
     *
     * @param matched the condition that the path has fulfilled; null: none, which counts as the text prefix {@code /}
     * @param path normalised, with its query
     */
    public static String path(PathRewrite rewrite, @Nullable PathMatch matched, String path) {
        int end = pathEnd(path);
        String bare = path.substring(0, end);
        String changed = switch (rewrite) {
            case PathRewrite.Prefix(String replacement) -> replacePrefix(replacement, matched, bare);
            case PathRewrite.Full(String whole) -> whole;
            case PathRewrite.Regex regex -> substitute(regex, bare);
        };
        return changed + path.substring(end);
    }

    /** Where the path ends and its query or fragment begins. */
    static int pathEnd(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '?' || path.charAt(i) == '#') {
                return i;
            }
        }
        return path.length();
    }

    /** Replaces what a path has matched: a prefix by text or by segments, else all of it. */
    static String replacePrefix(String replacement, @Nullable PathMatch matched, String bare) {
        return switch (matched) {
            case null -> replacement + bare.substring(Math.min(1, bare.length()));
            case PathMatch.Prefix(String prefix, boolean ignoredCase) ->
                replacement + bare.substring(Math.min(prefix.length(), bare.length()));
            case PathMatch.SegmentPrefix(String prefix) ->
                replaceSegments(replacement, bare.substring(Math.min(prefix.length(), bare.length())));
            case PathMatch.Exact exact -> replacement;
            case PathMatch.Regex regex -> replacement;
        };
    }

    private static String replaceSegments(String replacement, String rest) {
        boolean doubled = replacement.endsWith("/") && rest.startsWith("/");
        String joined = doubled ? replacement + rest.substring(1) : replacement + rest;
        return joined.isEmpty() ? "/" : joined;
    }

    private static String substitute(PathRewrite.Regex regex, String bare) {
        Matcher matcher = regex.pattern().matcher(bare);
        StringBuilder out = new StringBuilder(bare.length());
        int copied = 0;
        while (matcher.find()) {
            out.append(bare, copied, matcher.start());
            appendSubstitution(out, regex.substitution(), matcher);
            copied = matcher.end();
        }
        return out.append(bare, copied, bare.length()).toString();
    }

    /** RE2's own syntax: a backslash and a digit for a group, two backslashes for one. */
    private static void appendSubstitution(StringBuilder out, String substitution, Matcher matcher) {
        for (int i = 0; i < substitution.length(); i++) {
            char c = substitution.charAt(i);
            if (c != '\\' || i + 1 == substitution.length()) {
                out.append(c);
                continue;
            }
            char escaped = substitution.charAt(++i);
            if (escaped < '0' || escaped > '9') {
                out.append(escaped);
                continue;
            }
            int group = escaped - '0';
            String text = group <= matcher.groupCount() ? matcher.group(group) : null;
            if (text != null) {
                out.append(text);
            }
        }
    }
}
