package io.signalbox.agent.routing;

import java.util.Map;
import java.util.WeakHashMap;

/**
 * Chooses among the destinations of routes, exactly by weight over time: smooth weighted round robin, so that of any
 * {@code total} choices in a row each destination gets as many as its weight says, spread evenly. Not thread-safe: one
 * per event loop.
 */
public final class WeightedTurns {
    // Routes that no table refers to any more leave by themselves.
    private final Map<WeightedTargets, long[]> credits = new WeakHashMap<>();

    /** Chooses; makes no object but for the first choice of a route. */
    public PreparedTarget choose(WeightedTargets targets) {
        PreparedTarget[] choices = targets.choices();
        if (choices.length == 1) {
            return choices[0];
        }
        long[] credit = credits.get(targets);
        if (credit == null) {
            credit = new long[choices.length];
            credits.put(targets, credit);
        }
        int best = 0;
        for (int i = 0; i < choices.length; i++) {
            credit[i] += targets.weight(i);
            if (credit[i] > credit[best]) {
                best = i;
            }
        }
        credit[best] -= targets.total();
        return choices[best];
    }
}
