package io.signalbox.agent.model;

import java.util.List;
import java.util.Map;

/**
 * Preference by place. Endpoints of a priority get what the better ones are not healthy enough for.
 *
 * @param failoverPriority labels in order of importance; empty: region, zone, subzone
 * @param failovers regions to go to first when the caller's own fails: from region, to region
 * @param distributions instead of priorities: the first whose {@code from} fits the caller counts
 */
public record LocalityPolicy(
        List<String> failoverPriority, Map<String, String> failovers, List<Distribution> distributions) {
    public LocalityPolicy {
        failoverPriority = List.copyOf(failoverPriority);
        failovers = Map.copyOf(failovers);
        distributions = List.copyOf(distributions);
    }

    /**
     * Shares of localities for callers of one.
     *
     * @param from {@code region/zone/subzone}, with {@code *} at the end for anything below
     * @param to percent by locality (a pattern likewise); what is not listed gets nothing
     */
    public record Distribution(String from, Map<String, Integer> to) {
        public Distribution {
            to = Map.copyOf(to);
        }
    }
}
