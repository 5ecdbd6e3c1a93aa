package io.signalbox.agent.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection goes.
 *
 * @param rule the operator's rule that this came from; null for the default route
 * @param service host name of the service whose frontend this is
 * @param sniHost SNI that the connection must bear, in lower case: a name, or {@code *.} and a suffix; empty: any, or
 *     none
 * @param destinationSubnet range that the original destination must lie in; null: any
 * @param sourceLabels labels that the caller must have
 * @param backends none where what fits is unmatched traffic; else at least one
 */
public record L4Route(
        @Nullable RuleRef rule,
        String service,
        String sniHost,
        @Nullable Cidr destinationSubnet,
        Map<String, String> sourceLabels,
        List<WeightedBackend> backends) {
    public L4Route {
        sourceLabels = Map.copyOf(sourceLabels);
        backends = List.copyOf(backends);
    }

    /** Whether connections that fit are unmatched: rules claim this frontend for such callers. */
    public boolean isUnmatched() {
        return backends.isEmpty();
    }
}
