package io.signalbox.agent.routing;

import java.util.Map;

/**
 * Finds the number that stands for a name: an open-addressing hash table in which a lookup makes no object. Exact names
 * stand beside wildcards ({@code *.suffix}), which are stored as {@code .suffix}, and {@code *}, stored as a dot.
 * Immutable.
 */
final class NameTable {
    static final int NONE = -1;
    static final NameTable EMPTY = new NameTable(Map.of());

    private final String[] names;
    private final int[] values;
    private final boolean hasWildcards;
    private final int star;
    private final int size;

    /** @param byPattern lower-case patterns: a name, an address, {@code *.} and a suffix, or {@code *} */
    NameTable(Map<String, Integer> byPattern) {
        int capacity = Integer.highestOneBit(Math.max(2, byPattern.size())) * 4;
        names = new String[capacity];
        values = new int[capacity];
        size = byPattern.size();
        boolean wildcards = false;
        int any = NONE;
        for (Map.Entry<String, Integer> entry : byPattern.entrySet()) {
            String pattern = entry.getKey();
            if (pattern.equals("*")) {
                any = entry.getValue();
                continue;
            }
            boolean wildcard = pattern.startsWith("*.");
            wildcards |= wildcard;
            String name = wildcard ? pattern.substring(1) : pattern;
            int slot = HostName.hash(name, 0, name.length()) & (capacity - 1);
            while (names[slot] != null) {
                slot = (slot + 1) & (capacity - 1);
            }
            names[slot] = name;
            values[slot] = entry.getValue();
        }
        hasWildcards = wildcards;
        star = any;
    }

    boolean isEmpty() {
        return size == 0;
    }

    boolean hasWildcards() {
        return hasWildcards;
    }

    int exact(CharSequence text, int to) {
        return to > 0 && text.charAt(0) == '.' ? NONE : find(text, 0, to);
    }

    /** The wildcard {@code *} and the text from an index on, which begins with a dot. */
    int suffix(CharSequence text, int from, int to) {
        return hasWildcards ? find(text, from, to) : NONE;
    }

    /** The wildcard that takes every name. */
    int star() {
        return star;
    }

    private int find(CharSequence text, int from, int to) {
        int mask = names.length - 1;
        int slot = HostName.hash(text, from, to) & mask;
        while (names[slot] != null) {
            if (HostName.matches(names[slot], text, from, to)) {
                return values[slot];
            }
            slot = (slot + 1) & mask;
        }
        return NONE;
    }
}
