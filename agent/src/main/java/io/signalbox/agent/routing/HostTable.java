package io.signalbox.agent.routing;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the virtual host of a Host value: an open-addressing hash table over the bytes of the names, so that a lookup
 * makes no object. Exact names stand beside wildcards ({@code *.suffix}), which are stored as {@code .suffix}.
 * Immutable.
 */
final class HostTable {
    static final HostTable EMPTY = new HostTable(Map.of());

    private final byte[][] names;
    private final PreparedVirtualHost[] values;
    private final boolean hasWildcards;

    /** @param byPattern lower-case patterns: a name, an address, or {@code *.} and a suffix */
    HostTable(Map<String, PreparedVirtualHost> byPattern) {
        int capacity = Integer.highestOneBit(Math.max(2, byPattern.size())) * 4;
        names = new byte[capacity][];
        values = new PreparedVirtualHost[capacity];
        boolean wildcards = false;
        for (Map.Entry<String, PreparedVirtualHost> entry : byPattern.entrySet()) {
            String pattern = entry.getKey();
            boolean wildcard = pattern.startsWith("*.");
            wildcards |= wildcard;
            byte[] name = (wildcard ? pattern.substring(1) : pattern).getBytes(StandardCharsets.ISO_8859_1);
            int slot = HostName.hash(name, 0, name.length) & (capacity - 1);
            while (names[slot] != null) {
                slot = (slot + 1) & (capacity - 1);
            }
            names[slot] = name;
            values[slot] = entry.getValue();
        }
        hasWildcards = wildcards;
    }

    @Nullable
    PreparedVirtualHost exact(byte[] bytes, int from, int to) {
        return to > from && bytes[from] == '.' ? null : find(bytes, from, to);
    }

    /** The wildcard {@code *} and the bytes, which begin with a dot. */
    @Nullable
    PreparedVirtualHost suffix(byte[] bytes, int from, int to) {
        return hasWildcards ? find(bytes, from, to) : null;
    }

    boolean hasWildcards() {
        return hasWildcards;
    }

    private @Nullable PreparedVirtualHost find(byte[] bytes, int from, int to) {
        int mask = names.length - 1;
        int slot = HostName.hash(bytes, from, to) & mask;
        while (names[slot] != null) {
            if (HostName.matches(names[slot], bytes, from, to)) {
                return values[slot];
            }
            slot = (slot + 1) & mask;
        }
        return null;
    }
}
