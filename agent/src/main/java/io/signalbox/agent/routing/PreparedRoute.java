package io.signalbox.agent.routing;

import io.signalbox.agent.model.RuleRef;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A route with its backends looked up. Immutable. */
public final class PreparedRoute {
    private final @Nullable RuleRef rule;
    private final PreparedBackend[] backends;
    private final int[] cumulatedWeights;

    /** @param weights as many as backends; each 0 or more */
    PreparedRoute(@Nullable RuleRef rule, List<PreparedBackend> backends, List<Integer> weights) {
        this.rule = rule;
        this.backends = backends.toArray(PreparedBackend[]::new);
        this.cumulatedWeights = new int[this.backends.length];
        int sum = 0;
        for (int i = 0; i < cumulatedWeights.length; i++) {
            sum = Math.addExact(sum, weights.get(i));
            cumulatedWeights[i] = sum;
        }
    }

    /** The operator's rule that this came from; null for the default route. */
    public @Nullable RuleRef rule() {
        return rule;
    }

    /** Draws a backend by weight. A single one gets everything whatever its weight. */
    public PreparedBackend backend(RandomGenerator random) {
        int last = backends.length - 1;
        int sum = cumulatedWeights[last];
        if (last == 0 || sum == 0) {
            return backends[0];
        }
        int drawn = random.nextInt(sum);
        int i = 0;
        while (drawn >= cumulatedWeights[i]) {
            i++;
        }
        return backends[i];
    }
}
