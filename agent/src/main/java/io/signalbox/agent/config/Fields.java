package io.signalbox.agent.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.signalbox.config.v1.Label;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Checks of single fields. Each refusal says where, what it found and what was expected. */
final class Fields {
    private static final int MILLION = 1_000_000;

    private Fields() {}

    static ContentException bad(String where, Object actual, String expected) {
        return ContentException.invalid(where + ": " + actual + " (expected: " + expected + ")");
    }

    /** An enum value that is unspecified, or not known to this agent. */
    static ContentException unknownEnum(String where, int value) {
        return bad(where, value, "a value that this agent knows; the config service may be newer");
    }

    /** A part of a message of which no known kind is set. */
    static ContentException notSet(String where) {
        return ContentException.invalid(where + ": not set (the config service may be newer than this agent)");
    }

    static String required(String where, String text) throws ContentException {
        if (text.isEmpty()) {
            throw ContentException.invalid(where + ": empty (expected: a value)");
        }
        return text;
    }

    static int range(String where, int value, int min, int max) throws ContentException {
        long number = Integer.toUnsignedLong(value);
        if (number < min || number > max) {
            throw bad(where, number, min + " to " + max);
        }
        return value;
    }

    /** A count, limit or duration: 0 to 2^31 - 1. */
    static int number(String where, int value) throws ContentException {
        return range(where, value, 0, Integer.MAX_VALUE);
    }

    static int perMillion(String where, int value) throws ContentException {
        return range(where, value, 0, MILLION);
    }

    static Pattern regex(String where, String pattern) throws ContentException {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw bad(where, "'" + pattern + "'", "an RE2 pattern: " + e.getDescription());
        }
    }

    /** Text that may stand in a header: no control characters but the tab. */
    static String headerValue(String where, String value) throws ContentException {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                throw bad(where, "control character at " + i, "none");
            }
        }
        return value;
    }

    /** Text that may stand in a request line: neither spaces nor control characters. */
    static String targetText(String where, String value) throws ContentException {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                throw bad(where, "'" + value + "'", "neither spaces nor control characters");
            }
        }
        return value;
    }

    static String headerName(String where, String name) throws ContentException {
        boolean isToken = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            isToken &= isTokenChar(name.charAt(i));
        }
        if (!isToken) {
            throw bad(where, "'" + name + "'", "a header name in lower case");
        }
        return name;
    }

    private static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c > ' ' && "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }

    /** A Host or SNI value in lower case, {@code *.} and a suffix, or, where it is allowed, {@code *}. */
    static String hostPattern(String where, String pattern, boolean isStarAllowed) throws ContentException {
        required(where, pattern);
        String name = pattern.startsWith("*.") ? pattern.substring(2) : pattern;
        boolean isStar = isStarAllowed && pattern.equals("*");
        if (!isStar && (name.isEmpty() || name.indexOf('*') >= 0)) {
            throw bad(where, "'" + pattern + "'", "a name, or '*.' and a suffix");
        }
        if (!pattern.equals(pattern.toLowerCase(Locale.ROOT))) {
            throw bad(where, "'" + pattern + "'", "lower case");
        }
        return pattern;
    }

    static Map<String, String> labels(String where, List<Label> labels) throws ContentException {
        Map<String, String> byKey = HashMap.newHashMap(labels.size());
        for (Label label : labels) {
            if (byKey.put(label.getKey(), label.getValue()) != null) {
                throw ContentException.invalid(
                        where + ": '" + label.getKey() + "' stands twice (expected: each key once)");
            }
        }
        return byKey;
    }
}
