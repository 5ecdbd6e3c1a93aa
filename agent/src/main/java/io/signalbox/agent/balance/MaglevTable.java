package io.signalbox.agent.balance;

import java.util.Arrays;
import java.util.List;

/**
 * Google's Maglev table: the members take slots in turn, each by a permutation of its own, in proportion to their
 * weights (D. Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", 2016).
 */
final class MaglevTable implements HashTable {
    private static final long OFFSET_SALT = 0x9E3779B97F4A7C15L;

    private final int[] members;

    /**
     * @param names of the members; each has the same permutation in every table
     * @param weights as many as names, each above 0
     * @param size number of slots, a prime
     */
    MaglevTable(List<String> names, double[] weights, int size) {
        int count = names.size();
        members = new int[size];
        Arrays.fill(members, -1);
        long[] position = new long[count];
        long[] skip = new long[count];
        double[] turn = new double[count];
        double greatest = Arrays.stream(weights).max().orElse(1);
        for (int i = 0; i < count; i++) {
            long hash = Hashing.hash(names.get(i));
            position[i] = Long.remainderUnsigned(hash, size);
            skip[i] = Long.remainderUnsigned(Hashing.mix(hash ^ OFFSET_SALT), size - 1) + 1;
        }
        int filled = 0;
        while (filled < size) {
            for (int i = 0; i < count && filled < size; i++) {
                turn[i] += weights[i] / greatest;
                if (turn[i] < 1) {
                    continue;
                }
                turn[i] -= 1;
                while (members[(int) position[i]] >= 0) {
                    position[i] = (position[i] + skip[i]) % size;
                }
                members[(int) position[i]] = i;
                filled++;
            }
        }
    }

    @Override
    public int slot(long hash) {
        return (int) Long.remainderUnsigned(hash, members.length);
    }

    @Override
    public int size() {
        return members.length;
    }

    @Override
    public int member(int slot) {
        return members[slot];
    }
}
