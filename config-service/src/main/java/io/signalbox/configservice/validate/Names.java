package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.IpAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** Syntax of names. Every method says what is wrong with a name, or nothing. */
final class Names {
    private static final int MAX_HOST_LENGTH = 255;
    private static final int MAX_LABEL_LENGTH = 63;
    private static final int MAX_LABEL_PREFIX_LENGTH = 253;
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?");
    private static final Pattern LOWER_CASE_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern FIRST_LABEL = Pattern.compile("\\*|(\\*-?)?[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern QUALIFIED = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
    private static final String LABEL_FORM = "1 to 63 of a-z, 0-9 and -, no - at the ends";

    private Names() {}

    /** A name without dots, as Kubernetes wants it for namespaces and services. */
    static Optional<String> namespace(String name) {
        return name.length() <= MAX_LABEL_LENGTH
                        && LOWER_CASE_LABEL.matcher(name).matches()
                ? Optional.empty()
                : complaint(name, "is no name (expected: " + LABEL_FORM + ")");
    }

    /** The name of an object: labels with dots between them. */
    static Optional<String> object(String name) {
        boolean valid = name.length() <= MAX_LABEL_PREFIX_LENGTH;
        for (String label : name.split("\\.", -1)) {
            valid &= LOWER_CASE_LABEL.matcher(label).matches();
        }
        return valid
                ? Optional.empty()
                : complaint(name, "is no name (expected: a-z, 0-9, - and ., a letter or digit at the ends)");
    }

    /** One label of a host name, such as the name of a port or subset. */
    static Optional<String> label(String name) {
        return isLabel(name) ? Optional.empty() : complaint(name, "is no name (expected: " + LABEL_FORM + ")");
    }

    static boolean isLabel(String name) {
        return name.length() <= MAX_LABEL_LENGTH && LABEL.matcher(name).matches();
    }

    /** A host name without wildcards; a short name is one. */
    static Optional<String> host(String name) {
        if (name.isEmpty()) {
            return Optional.of("is empty (expected: a host name)");
        }
        return name.length() > MAX_HOST_LENGTH || !areLabels(name)
                ? complaint(name, "is no host name (expected: such as api.example.com)")
                : Optional.empty();
    }

    /** A host name whose first label may be, or begin with, a wildcard. */
    static Optional<String> wildcardHost(String name) {
        if (name.isEmpty()) {
            return Optional.of("is empty (expected: a host name)");
        }
        int dot = name.indexOf('.');
        String first = dot < 0 ? name : name.substring(0, dot);
        boolean valid = name.length() <= MAX_HOST_LENGTH
                && first.length() <= MAX_LABEL_LENGTH
                && FIRST_LABEL.matcher(first).matches()
                && (dot < 0 || areLabels(name.substring(dot + 1)));
        return valid
                ? Optional.empty()
                : complaint(name, "is no host name (expected: such as api.example.com or *.example.com)");
    }

    private static boolean areLabels(String name) {
        String[] labels = name.split("\\.", -1);
        if (DIGITS.matcher(labels[labels.length - 1]).matches()) {
            return false;
        }
        // one dot at the end marks a full name
        int count = labels.length > 1 && labels[labels.length - 1].isEmpty() ? labels.length - 1 : labels.length;
        for (int i = 0; i < count; i++) {
            if (!isLabel(labels[i])) {
                return false;
            }
        }
        return true;
    }

    static boolean isAddress(String text) {
        return IpAddress.parse(text).isPresent();
    }

    /** Whether a wildcard stands anywhere but alone in the first label. */
    static boolean isPartialWildcard(String host) {
        return host.contains("*") && !host.equals("*") && !host.startsWith("*.");
    }

    /** Whether every name that the first host means is one that the second means. */
    static boolean isWithin(String host, String outer) {
        if (!outer.startsWith("*")) {
            return host.equals(outer);
        }
        String suffix = outer.substring(1);
        return host.startsWith("*")
                ? host.length() >= outer.length() && host.substring(1).endsWith(suffix)
                : host.endsWith(suffix);
    }

    /** The key of a Kubernetes label. */
    static Optional<String> labelKey(String key) {
        int slash = key.indexOf('/');
        String prefix = slash < 0 ? "" : key.substring(0, slash);
        String name = key.substring(slash + 1);
        boolean valid = name.length() <= MAX_LABEL_LENGTH
                && QUALIFIED.matcher(name).matches()
                && (slash < 0 || (prefix.length() <= MAX_LABEL_PREFIX_LENGTH && areLabels(prefix)));
        return valid ? Optional.empty() : complaint(key, "is no label key (expected: such as app or example.com/app)");
    }

    /** The value of a Kubernetes label. */
    static Optional<String> labelValue(String value) {
        boolean valid = value.length() <= MAX_LABEL_LENGTH
                && (value.isEmpty() || QUALIFIED.matcher(value).matches());
        return valid
                ? Optional.empty()
                : complaint(value, "is no label value (expected: up to 63 letters, digits, -, _ and .)");
    }

    private static Optional<String> complaint(String name, String message) {
        return Optional.of(quoted(name) + " " + message);
    }

    static String quoted(String value) {
        return "\"" + value + "\"";
    }
}
