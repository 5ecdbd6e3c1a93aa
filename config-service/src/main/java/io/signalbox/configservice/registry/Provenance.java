package io.signalbox.configservice.registry;

import java.util.Comparator;

/**
 * Where a declaration stands. Ordered by unit, document, item: of two declarations of one object the first counts.
 *
 * @param unit part of the registry source, such as a file's path below the registry directory; empty: unknown
 * @param document index of the document in the unit, from 0
 * @param item index of the object in a {@code List} document, from 0; 0 otherwise
 */
public record Provenance(String unit, int document, int item) implements Comparable<Provenance> {
    /** Nowhere in particular. */
    public static final Provenance UNKNOWN = new Provenance("", 0, 0);

    private static final Comparator<Provenance> ORDER = Comparator.comparing(Provenance::unit)
            .thenComparingInt(Provenance::document)
            .thenComparingInt(Provenance::item);

    @Override
    public int compareTo(Provenance other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return unit + "#" + document;
    }
}
