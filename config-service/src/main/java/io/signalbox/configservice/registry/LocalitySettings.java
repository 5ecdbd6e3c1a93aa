package io.signalbox.configservice.registry;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which localities are preferred. At most one of the lists is declared, or {@code failover} with
 * {@code failoverPriority}.
 *
 * @param enabled absent: as the mesh says
 * @param distribute shares by the caller's locality
 * @param failover which region follows when one fails
 * @param failoverPriority labels, most important first; {@code key} or {@code key=value}
 */
public record LocalitySettings(
        @Nullable Boolean enabled,
        List<Distribute> distribute,
        List<Failover> failover,
        List<String> failoverPriority) {
    public LocalitySettings {
        distribute = List.copyOf(distribute);
        failover = List.copyOf(failover);
        failoverPriority = List.copyOf(failoverPriority);
    }

    /**
     * Shares for callers of one locality.
     *
     * @param from the caller's, {@code region/zone/subzone}, each part may be {@code *}
     * @param to percentages by such a locality
     */
    public record Distribute(String from, Map<String, Integer> to) {
        public Distribute {
            to = Collections.unmodifiableMap(new TreeMap<>(to));
        }
    }

    /** Traffic of the region {@code from} goes to the region {@code to} when it has no healthy endpoint. */
    public record Failover(String from, String to) {}
}
