package io.signalbox.agent.proxy;

import org.jspecify.annotations.Nullable;

/** A request's target taken apart, without a copy: valid until it is pointed elsewhere. */
public final class TargetText {
    private final ByteText all = new ByteText();
    private final ByteText path = new ByteText();
    private final ByteText query = new ByteText();
    private boolean hasQuery;

    /** Points to a path with what follows it, in {@code [from, to)}. */
    public void pointTo(byte[] bytes, int from, int to) {
        all.pointTo(bytes, from, to);
        int pathTo = from;
        while (pathTo < to && bytes[pathTo] != '?' && bytes[pathTo] != '#') {
            pathTo++;
        }
        path.pointTo(bytes, from, pathTo);
        hasQuery = pathTo < to && bytes[pathTo] == '?';
        int queryTo = pathTo;
        while (queryTo < to && bytes[queryTo] != '#') {
            queryTo++;
        }
        query.pointTo(bytes, hasQuery ? pathTo + 1 : queryTo, queryTo);
    }

    /** The whole. */
    public CharSequence all() {
        return all;
    }

    /** Up to the query or fragment. */
    public CharSequence path() {
        return path;
    }

    /** What stands behind the question mark, without fragment; null when there is none. */
    public @Nullable CharSequence query() {
        return hasQuery ? query : null;
    }
}
