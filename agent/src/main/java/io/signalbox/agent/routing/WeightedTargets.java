package io.signalbox.agent.routing;

import io.signalbox.agent.model.WeightedBackend;
import java.util.List;

/**
 * The destinations of a route with their shares. Immutable; whose turn it is, {@link WeightedTurns} knows. Two of them
 * are equal only if they are the same object.
 */
public final class WeightedTargets {
    private final List<PreparedTarget> all;
    private final PreparedTarget[] choices;
    private final int[] weights;
    private final int total;

    WeightedTargets(List<WeightedBackend> backends, Slots slots) {
        this.all = backends.stream()
                .map(backend -> new PreparedTarget(backend, slots))
                .toList();
        // A single one gets everything whatever its weight.
        List<PreparedTarget> withShare = all.size() == 1
                ? all
                : all.stream().filter(t -> t.weighted().weight() > 0).toList();
        this.choices = withShare.toArray(PreparedTarget[]::new);
        this.weights = withShare.stream().mapToInt(t -> t.weighted().weight()).toArray();
        int sum = 0;
        for (int weight : weights) {
            sum = Math.addExact(sum, weight);
        }
        this.total = sum;
    }

    /** All, also those without a share, in the operator's order. */
    public List<PreparedTarget> all() {
        return all;
    }

    /** Whether the route names but one. */
    public boolean isSingle() {
        return all.size() == 1;
    }

    /** Share of a target, from 0 to 1. */
    public double share(PreparedTarget target) {
        return isSingle() ? 1 : (double) target.weighted().weight() / total;
    }

    PreparedTarget[] choices() {
        return choices;
    }

    int weight(int choice) {
        return weights[choice];
    }

    int total() {
        return total;
    }
}
