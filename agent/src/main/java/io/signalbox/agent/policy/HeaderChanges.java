package io.signalbox.agent.policy;

import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.HeaderOperations.Header;
import io.signalbox.agent.model.Rewrite;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies the header operations of the chosen destination, then those of its route: each removes, then sets, then adds.
 * (Where a route has one destination, the compiler has joined both into the route's.) Setting {@code host} or
 * {@code :authority} is not a change of headers but of the authority. Other pseudo-headers, and headers that frame a
 * message or are for one connection only, are not changed: a message that says otherwise than it is would be read in
 * two ways. A value that is empty, or comes out empty, changes nothing.
 */
public final class HeaderChanges {
    private HeaderChanges() {}

    /**
     * Changes headers.
     *
     * @param destination operations of the destination; {@link HeaderOperations#NONE} where there is none
     * @param route operations of the route
     * @param variables for values that name some
     * @param fields what is changed
     */
    public static void apply(
            HeaderOperations destination,
            HeaderOperations route,
            HeaderValues.Variables variables,
            HeaderFields fields) {
        apply(destination, variables, fields);
        apply(route, variables, fields);
    }

    private static void apply(HeaderOperations operations, HeaderValues.Variables variables, HeaderFields fields) {
        if (!operations.isEmpty()) {
            remove(operations.remove(), fields);
            write(operations, variables, fields);
        }
    }

    /**
     * The authority that the backend sees: that of the route's rewrite, else the one that the destination's operations
     * set.
     *
     * @return null when it stays as it is
     */
    public static @Nullable String authority(@Nullable Rewrite rewrite, HeaderOperations destination) {
        if (rewrite != null && rewrite.authority() != null) {
            return rewrite.authority();
        }
        String value = authority(destination.set());
        return value == null ? authority(destination.add()) : value;
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
            if (!isFixed(name)) {
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
        return isFixed(header.name()) ? "" : HeaderValues.resolve(header.value(), variables);
    }

    private static boolean isFixed(String name) {
        return switch (name) {
            case "connection",
                    "content-length",
                    "host",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "transfer-encoding",
                    "upgrade" -> true;
            default -> name.startsWith(":");
        };
    }

    private static boolean isAuthority(String name) {
        return name.equals("host") || name.equals(":authority");
    }
}
