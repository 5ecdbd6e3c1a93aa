package io.signalbox.agent.balance;

import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.LocalityPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints of a backend callers of one place may be sent to, and in what order of preference. Immutable, made
 * when a snapshot is put in force, and shared by all event loops.
 *
 * <p>The endpoints form groups. Without a locality policy there is one. With one there is either a group for each
 * priority, each standing in for the better ones, or a group for each locality, each with its share.
 */
public final class Preference {
    private final List<Group> groups;
    private final boolean byShare;

    /** Endpoints among which the load balancer chooses. */
    static final class Group {
        /** Of the requests, where the groups have shares. */
        final double share;

        /** Indexes into the backend's endpoints; at least one. */
        final int[] members;

        /** Of the members; null when all are equal. */
        final double @Nullable [] weights;

        /** With consistent hashing, else null. */
        final @Nullable HashTable table;

        Group(double share, int[] members, double @Nullable [] weights, @Nullable HashTable table) {
            this.share = share;
            this.members = members;
            this.weights = weights;
            this.table = table;
        }
    }

    private Preference(List<Group> groups, boolean byShare) {
        this.groups = groups;
        this.byShare = byShare;
    }

    /**
     * The preference among the endpoints of a backend.
     *
     * @param backend its policy; the endpoints in it do not count
     * @param endpoints resolved; may be empty
     * @param place where the callers are
     * @param callerLabels the caller's values of the labels that the failover priority names, in its order; see
     *     {@link #labelsThatCount}
     */
    public static Preference of(
            Backend backend, List<BackendEndpoint> endpoints, Place place, List<String> callerLabels) {
        int[] eligible = IntStream.range(0, endpoints.size())
                .filter(i -> !backend.nodeLocal() || endpoints.get(i).node().equals(place.node()))
                .toArray();
        ConsistentHash hash = backend.consistentHash();
        LocalityPolicy policy = backend.locality();
        if (policy == null || eligible.length == 0) {
            return new Preference(groups(List.of(eligible), null, endpoints, hash), false);
        }
        Locality here = Locality.of(place.locality());
        if (policy.distributions().isEmpty()) {
            List<int[]> priorities = new ArrayList<>();
            int last = Math.max(4, policy.failoverPriority().size());
            for (int priority = 0; priority <= last; priority++) {
                int wanted = priority;
                priorities.add(IntStream.of(eligible)
                        .filter(i -> priority(policy, endpoints.get(i), here, callerLabels) == wanted)
                        .toArray());
            }
            return new Preference(groups(priorities, null, endpoints, hash), false);
        }
        return policy.distributions().stream()
                .filter(distribution -> here.isIn(distribution.from()))
                .findFirst()
                .map(distribution -> byShare(distribution.to(), eligible, endpoints, hash))
                .orElseGet(() -> new Preference(groups(List.of(eligible), null, endpoints, hash), false));
    }

    /** Labels of callers that make a difference to this backend; empty for most. */
    public static List<String> labelsThatCount(Backend backend) {
        LocalityPolicy policy = backend.locality();
        return policy == null ? List.of() : policy.failoverPriority();
    }

    /** Indexes of the endpoints that get requests while all are healthy, ascending. */
    public int[] preferred() {
        if (groups.isEmpty()) {
            return new int[0];
        }
        return (byShare ? groups : groups.subList(0, 1))
                .stream()
                        .flatMapToInt(group -> IntStream.of(group.members))
                        .sorted()
                        .toArray();
    }

    List<Group> groups() {
        return groups;
    }

    /** Whether groups have shares; otherwise each stands in for those before it. */
    boolean isByShare() {
        return byShare;
    }

    private static int priority(
            LocalityPolicy policy, BackendEndpoint endpoint, Locality here, List<String> callerLabels) {
        int count = policy.failoverPriority().size();
        if (count > 0) {
            int matched = 0;
            while (matched < count
                    && matched < callerLabels.size()
                    && matched < endpoint.priorityLabels().size()
                    && callerLabels
                            .get(matched)
                            .equals(endpoint.priorityLabels().get(matched))) {
                matched++;
            }
            return count - matched;
        }
        Locality there = Locality.of(endpoint.locality());
        int distance = here.distanceTo(there);
        String failover = policy.failovers().get(here.region());
        return distance == 3 && failover != null && !failover.equals(there.region()) ? 4 : distance;
    }

    private static Preference byShare(
            Map<String, Integer> shares,
            int[] eligible,
            List<BackendEndpoint> endpoints,
            @Nullable ConsistentHash hash) {
        List<int[]> members = new ArrayList<>();
        List<Double> percents = new ArrayList<>();
        boolean[] taken = new boolean[endpoints.size()];
        // The more particular of two patterns counts, so the longer comes first.
        Comparator<Map.Entry<String, Integer>> longerFirst =
                Comparator.comparingInt(entry -> -entry.getKey().length());
        for (Map.Entry<String, Integer> share : shares.entrySet().stream()
                .sorted(longerFirst.thenComparing(Map.Entry.comparingByKey()))
                .toList()) {
            int[] there = IntStream.of(eligible)
                    .filter(i -> !taken[i]
                            && Locality.of(endpoints.get(i).locality()).isIn(share.getKey()))
                    .toArray();
            IntStream.of(there).forEach(i -> taken[i] = true);
            if (share.getValue() > 0) {
                members.add(there);
                percents.add(share.getValue().doubleValue());
            }
        }
        return new Preference(groups(members, percents, endpoints, hash), true);
    }

    private static List<Group> groups(
            List<int[]> members,
            @Nullable List<Double> shares,
            List<BackendEndpoint> endpoints,
            @Nullable ConsistentHash hash) {
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).length > 0) {
                groups.add(group(members.get(i), shares == null ? 1 : shares.get(i), endpoints, hash));
            }
        }
        return List.copyOf(groups);
    }

    private static Group group(
            int[] members, double share, List<BackendEndpoint> endpoints, @Nullable ConsistentHash hash) {
        double[] weights = IntStream.of(members)
                .mapToDouble(i -> endpoints.get(i).weight())
                .toArray();
        boolean equal = true;
        for (double weight : weights) {
            equal &= weight == weights[0];
        }
        HashTable table = null;
        if (hash != null) {
            List<String> names = IntStream.of(members)
                    .mapToObj(i -> endpoints.get(i).toString())
                    .toList();
            table = switch (hash.algorithm()) {
                case ConsistentHash.Algorithm.RingHash(int minimumSize) ->
                    new RingHashTable(names, weights, minimumSize);
                case ConsistentHash.Algorithm.Maglev(int tableSize) -> new MaglevTable(names, weights, tableSize);
            };
        }
        return new Group(share, members, equal ? null : weights, table);
    }
}
