package io.signalbox.agent.routing;

import io.signalbox.agent.model.BackendForCaller;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.WeightedBackend;

/** A destination of a route, its backends looked up. Immutable. */
public final class PreparedTarget {
    private final WeightedBackend weighted;
    private final int slot;
    private final int[] callerSlots;

    PreparedTarget(WeightedBackend weighted, Slots backends) {
        this.weighted = weighted;
        this.slot = backends.of(weighted.backend());
        this.callerSlots = weighted.forCallers().stream()
                .mapToInt(each -> backends.of(each.backend()))
                .toArray();
    }

    /** What the snapshot says: header operations, and the destination as the operator named it. */
    public WeightedBackend weighted() {
        return weighted;
    }

    /** Why a caller's traffic fails here, as a sentence for a person; empty when it does not. */
    public String unknownReason(Caller caller) {
        int index = indexFor(caller);
        return index < 0
                ? weighted.unknownReason()
                : weighted.forCallers().get(index).unknownReason();
    }

    /** Number of the backend for a caller; {@link Slots#NONE}: the destination is not known. */
    int slot(Caller caller) {
        if (callerSlots.length == 0) {
            return slot;
        }
        int index = indexFor(caller);
        return index < 0 ? slot : callerSlots[index];
    }

    private int indexFor(Caller caller) {
        for (int i = 0; i < callerSlots.length; i++) {
            BackendForCaller each = weighted.forCallers().get(i);
            if ((each.namespace().isEmpty() || each.namespace().equals(caller.namespace()))
                    && caller.hasLabels(each.labels())) {
                return i;
            }
        }
        return -1;
    }
}
