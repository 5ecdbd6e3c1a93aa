package io.signalbox.agent.routing;

/**
 * The names that count for one kind of caller, in two layers: its own, which hide the same pattern of those for all.
 *
 * @param own of the caller's namespace
 * @param general for callers of every namespace
 */
record Names(NameTable own, NameTable general) {
    boolean isEmpty() {
        return own.isEmpty() && general.isEmpty();
    }

    /**
     * The number of a name: an exact one before the longest wildcard, that before {@code *}.
     *
     * @param to where the name ends in the text
     * @return {@link NameTable#NONE} when nobody claims it
     */
    int find(CharSequence text, int to) {
        int found = own.exact(text, to);
        if (found == NameTable.NONE) {
            found = general.exact(text, to);
        }
        if (found == NameTable.NONE && (own.hasWildcards() || general.hasWildcards())) {
            found = wildcard(text, to);
        }
        if (found == NameTable.NONE && to > 0) {
            found = own.star() == NameTable.NONE ? general.star() : own.star();
        }
        return found;
    }

    private int wildcard(CharSequence text, int to) {
        // The first dot gives the longest suffix. It needs at least one character before it.
        for (int i = 1; i < to; i++) {
            if (text.charAt(i) == '.') {
                int found = own.suffix(text, i, to);
                if (found == NameTable.NONE) {
                    found = general.suffix(text, i, to);
                }
                if (found != NameTable.NONE) {
                    return found;
                }
            }
        }
        return NameTable.NONE;
    }
}
