package io.signalbox.configservice.snapshot;

import java.util.Comparator;

/**
 * A Host value, and who may use it. Ordered by pattern, then caller namespace.
 *
 * @param pattern lower-case, without port: a name, an address (IPv6 in brackets), or {@code *.} and a suffix
 * @param callerNamespace the pattern counts only for callers in this namespace; empty: for all
 */
public record HostPattern(String pattern, String callerNamespace) implements Comparable<HostPattern> {
    private static final Comparator<HostPattern> ORDER =
            Comparator.comparing(HostPattern::pattern).thenComparing(HostPattern::callerNamespace);

    @Override
    public int compareTo(HostPattern other) {
        return ORDER.compare(this, other);
    }
}
