package io.signalbox.configservice.validate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;
import java.util.Set;

/** Syntax of HTTP. Every method says what is wrong, or nothing. */
final class Http {
    /** Longest regular expression, in characters. */
    static final int MAX_REGEX_LENGTH = 1024;

    private static final java.util.regex.Pattern HEADER_NAME = java.util.regex.Pattern.compile("[-_A-Za-z0-9]+");
    private static final java.util.regex.Pattern TOKEN = java.util.regex.Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final java.util.regex.Pattern HEADER_VALUE =
            java.util.regex.Pattern.compile("[^\\x00-\\x08\\x0a-\\x1f\\x7f]*+");
    // the engine of the standard library would need stack for each repetition
    private static final Pattern COMMANDS =
            Pattern.compile("(?s)(?:[^%]|%%|%[^%(]+%|%[^%(]*\\((?:[^)\\\\]|\\\\.)*\\) *%)*");
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");

    private Http() {}

    static Optional<String> regex(String regex) {
        if (regex.isEmpty()) {
            return Optional.of("is empty (expected: an RE2 expression)");
        }
        if (regex.length() > MAX_REGEX_LENGTH) {
            return Optional.of("has " + regex.length() + " characters (expected: at most " + MAX_REGEX_LENGTH + ")");
        }
        try {
            Pattern.compile(regex);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(Names.quoted(regex) + " is no RE2 expression: " + e.getDescription());
        }
    }

    /** A name of a header in a condition. */
    static Optional<String> headerName(String name) {
        return HEADER_NAME.matcher(name).matches()
                ? Optional.empty()
                : Optional.of(Names.quoted(name) + " is no header name (expected: letters, digits, - and _)");
    }

    /** A name of a header that is set, added or removed. */
    static Optional<String> changedHeaderName(String name) {
        return TOKEN.matcher(name).matches()
                ? Optional.empty()
                : Optional.of(Names.quoted(name) + " is no header name that can be changed");
    }

    static boolean isAuthority(String headerName) {
        return headerName.equalsIgnoreCase("host") || headerName.equalsIgnoreCase(":authority");
    }

    static Optional<String> headerValue(String value) {
        if (!HEADER_VALUE.matcher(value).matches()) {
            return Optional.of("has a control character (expected: a header value)");
        }
        return COMMANDS.matches(value)
                ? Optional.empty()
                : Optional.of(Names.quoted(value) + " has a single % (expected: %% for a percent sign)");
    }

    static Optional<String> method(String method) {
        return METHODS.contains(method)
                ? Optional.empty()
                : Optional.of(Names.quoted(method) + " is no method (expected: such as GET, in capitals)");
    }

    static Optional<String> status(int status) {
        return status >= 200 && status <= 599
                ? Optional.empty()
                : Optional.of(status + " (expected: an HTTP status of 200 to 599)");
    }
}
