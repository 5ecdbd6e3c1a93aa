package io.signalbox.agent.balance;

import java.util.Arrays;
import java.util.List;

/**
 * Karger's ring: every member stands at many points of a circle, in proportion to its weight, and a key belongs to the
 * next point. A member that comes or goes moves only the keys of its own points (D. Karger et al., "Consistent Hashing
 * and Random Trees", 1997).
 */
final class RingHashTable implements HashTable {
    /** Points of one ring: 3 MiB. A greater minimum is cut. */
    static final int MAX_POINTS = 1 << 18;

    private final long[] points;
    private final int[] members;

    /**
     * @param names of the members; each stands at the same points in every ring
     * @param weights as many as names, each above 0
     * @param minimumSize points at least, up to {@value #MAX_POINTS}
     */
    RingHashTable(List<String> names, double[] weights, int minimumSize) {
        double sum = Arrays.stream(weights).sum();
        double least = Arrays.stream(weights).min().orElse(1) / sum;
        // The lightest member gets a whole number of points, and with it the ring at least its minimum.
        double scale = Math.min(MAX_POINTS, Math.ceil(least * minimumSize) / least);
        int[] counts = new int[weights.length];
        int total = 0;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = (int) Math.max(1, Math.round(weights[i] / sum * scale));
            total += counts[i];
        }
        record Point(long at, int member) {}
        Point[] ring = new Point[total];
        StringBuilder text = new StringBuilder();
        int next = 0;
        for (int member = 0; member < counts.length; member++) {
            for (int copy = 0; copy < counts[member]; copy++) {
                text.setLength(0);
                text.append(names.get(member)).append('_').append(copy);
                ring[next++] = new Point(Hashing.hash(text), member);
            }
        }
        Arrays.sort(ring, (a, b) -> Long.compareUnsigned(a.at, b.at));
        points = new long[total];
        members = new int[total];
        for (int i = 0; i < total; i++) {
            points[i] = ring[i].at;
            members[i] = ring[i].member;
        }
    }

    @Override
    public int slot(long hash) {
        int low = 0;
        int high = points.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(points[middle], hash) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == points.length ? 0 : low;
    }

    @Override
    public int size() {
        return points.length;
    }

    @Override
    public int member(int slot) {
        return members[slot];
    }
}
