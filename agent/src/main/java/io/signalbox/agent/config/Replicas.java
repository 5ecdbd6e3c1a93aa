package io.signalbox.agent.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which replica of the config service is tried next: every one once, in random order, so that agents spread over them;
 * last the one whose stream broke. Confined to one thread.
 */
final class Replicas {
    private final RandomGenerator random;
    private final Deque<ReplicaAddress> untried = new ArrayDeque<>();
    private @Nullable ReplicaAddress lost;

    Replicas(RandomGenerator random) {
        this.random = random;
    }

    /** Begins anew with all that there are now. */
    void begin(Collection<ReplicaAddress> all) {
        List<ReplicaAddress> order = new ArrayList<>(all);
        Collections.shuffle(order, random);
        if (lost != null && order.remove(lost)) {
            order.add(lost);
        }
        untried.clear();
        untried.addAll(order);
    }

    /** The next one; null when all were tried. */
    @Nullable
    ReplicaAddress next() {
        return untried.poll();
    }

    /** Whether there are others to try. */
    boolean hasNext() {
        return !untried.isEmpty();
    }

    /** This one broke a stream. */
    void lost(ReplicaAddress replica) {
        lost = replica;
    }

    /** A stream is open: what was lost before says nothing any more. */
    void found() {
        lost = null;
    }
}
