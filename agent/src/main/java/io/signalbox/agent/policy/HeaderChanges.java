package io.signalbox.agent.policy;

import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.HeaderOperations.Header;
import io.signalbox.agent.model.Rewrite;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies the header operations of a rule and of its chosen destination.
 *
 * <p>Where the rule has one destination, all removals come first, then what the rule sets and adds, then what the
 * destination does. Where it has several, everything that the chosen destination does comes first, then everything that
 * the rule does. Pseudo-headers and {@code host} cannot be removed; setting or adding {@code host} or
 * {@code :authority} is not a change of headers but of the authority. A value that is empty, or comes out empty,
 * changes nothing.
 */
public final class HeaderChanges {
    private HeaderChanges() {}

    /**
     * Changes headers.
     *
     * @param rule operations of the rule
     * @param destination operations of the destination; those of {@link HeaderOperations#NONE} where there is none
     * @param onlyDestination whether the rule has but one destination
     * @param variables for values that name some
     * @param fields what is changed
     */
    public static void apply(
            HeaderOperations rule,
            HeaderOperations destination,
            boolean onlyDestination,
            HeaderValues.Variables variables,
            HeaderFields fields) {
        if (onlyDestination) {
            remove(rule.remove(), fields);
            remove(destination.remove(), fields);
            write(rule, variables, fields);
            write(destination, variables, fields);
        } else {
            remove(destination.remove(), fields);
            write(destination, variables, fields);
            remove(rule.remove(), fields);
            write(rule, variables, fields);
        }
    }

    /**
     * The authority that the backend sees: that of the rewrite, else the one that the rule's operations set, else the
     * destination's.
     *
     * @return null when it stays as it is
     */
    public static @Nullable String authority(
            @Nullable Rewrite rewrite,
            HeaderOperations rule,
            HeaderOperations destination,
            HeaderValues.Variables variables) {
        if (rewrite != null && rewrite.authority() != null) {
            return rewrite.authority();
        }
        String value = authority(rule);
        if (value == null) {
            value = authority(destination);
        }
        String resolved = value == null ? null : HeaderValues.resolve(value, variables);
        return resolved == null || resolved.isEmpty() ? null : resolved;
    }

    private static @Nullable String authority(HeaderOperations operations) {
        String value = authority(operations.set());
        return value == null ? authority(operations.add()) : value;
    }

    private static @Nullable String authority(List<Header> headers) {
        for (int i = 0; i < headers.size(); i++) {
            if (isAuthority(headers.get(i).name())) {
                return headers.get(i).value();
            }
        }
        return null;
    }

    private static void remove(List<String> names, HeaderFields fields) {
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (!name.startsWith(":") && !isAuthority(name)) {
                fields.remove(name);
            }
        }
    }

    private static void write(HeaderOperations operations, HeaderValues.Variables variables, HeaderFields fields) {
        for (int i = 0; i < operations.set().size(); i++) {
            Header header = operations.set().get(i);
            String value = value(header, variables);
            if (!value.isEmpty()) {
                fields.set(header.name(), value);
            }
        }
        for (int i = 0; i < operations.add().size(); i++) {
            Header header = operations.add().get(i);
            String value = value(header, variables);
            if (!value.isEmpty()) {
                fields.add(header.name(), value);
            }
        }
    }

    private static String value(Header header, HeaderValues.Variables variables) {
        return header.name().startsWith(":") || isAuthority(header.name())
                ? ""
                : HeaderValues.resolve(header.value(), variables);
    }

    private static boolean isAuthority(String name) {
        return name.equals("host") || name.equals(":authority");
    }
}
