package io.signalbox.agent.balance;

import io.signalbox.agent.model.LoadBalancer;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints among which one is chosen by the load balancer's policy. Confined to its event loop.
 *
 * <p>Least request is the power of two choices: of two different endpoints drawn at random the one with fewer active
 * requests (M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001); with weights they are
 * drawn by weight and compared by load per weight. Peak EWMA draws likewise, and compares how long a request is
 * expected to take. Round robin starts at a random endpoint, so that the loops and agents of a cluster do not move in
 * step; with weights it is the smooth one of nginx.
 */
final class EndpointGroup<E extends Load> {
    /** Draws after which an endpoint is taken although it warms up: as when all of them do. */
    private static final int MAX_WARM_UP_DRAWS = 20;

    private final Preference.Group group;
    private final List<E> endpoints;
    private final LoadBalancer policy;
    private final @Nullable WarmUpDraw warmUp;
    private final RandomGenerator random;
    private final LongSupplier nanos;

    /** Positions in the group of the endpoints that may be used; the first {@code usableCount} count. */
    private final int[] usable;

    /** Sums of the weights of those endpoints up to each; empty when all are equal. */
    private final double[] cumulatedWeights;

    private final double[] roundRobinCredit;
    private int usableCount;
    private int healthyCount;
    private int next;

    EndpointGroup(
            Preference.Group group,
            List<E> endpoints,
            LoadBalancer policy,
            @Nullable WarmUpDraw warmUp,
            RandomGenerator random,
            LongSupplier nanos) {
        this.group = group;
        this.endpoints = Arrays.stream(group.members).mapToObj(endpoints::get).toList();
        this.policy = policy;
        this.warmUp = warmUp;
        this.random = random;
        this.nanos = nanos;
        int size = this.endpoints.size();
        this.usable = new int[size];
        this.cumulatedWeights = new double[group.weights == null ? 0 : size];
        this.roundRobinCredit = new double[cumulatedWeights.length];
        this.next = random.nextInt(size);
    }

    double share() {
        return group.share;
    }

    int size() {
        return endpoints.size();
    }

    double healthyShare() {
        return (double) healthyCount / endpoints.size();
    }

    boolean hasUsable() {
        return usableCount > 0;
    }

    /** Uses the endpoints that are healthy now. */
    void refresh() {
        int count = 0;
        for (int i = 0; i < usable.length; i++) {
            if (endpoints.get(i).isHealthy()) {
                usable[count++] = i;
            }
        }
        healthyCount = count;
        use(count);
    }

    /** Uses all endpoints, healthy or not. */
    void useAll() {
        Arrays.setAll(usable, i -> i);
        use(usable.length);
    }

    private void use(int count) {
        usableCount = count;
        double[] weights = group.weights;
        if (weights != null) {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += weights[usable[i]];
                cumulatedWeights[i] = sum;
            }
        }
    }

    @Nullable
    E pick(PickContext context) {
        int count = usableCount;
        if (count == 0) {
            return null;
        }
        HashTable table = group.table;
        if (table != null && context.hasHash()) {
            return byHash(table, context);
        }
        E picked = count == 1 ? at(0) : warmUp == null ? draw(count) : drawWarm(warmUp, count);
        return context.avoidsAny() && context.avoids(picked) ? another(picked, context) : picked;
    }

    private E at(int index) {
        return endpoints.get(usable[index]);
    }

    private E byHash(HashTable table, PickContext context) {
        int slot = table.slot(context.hash());
        E first = null;
        for (int i = table.size(); i > 0; i--) {
            E candidate = endpoints.get(table.member(slot));
            if (isUsable(candidate)) {
                if (!context.avoidsAny() || !context.avoids(candidate)) {
                    return candidate;
                }
                first = first == null ? candidate : first;
            }
            slot = slot + 1 == table.size() ? 0 : slot + 1;
        }
        return first == null ? at(0) : first;
    }

    private boolean isUsable(E endpoint) {
        return usableCount == usable.length || endpoint.isHealthy();
    }

    /** An endpoint that was not tried; the same when there is none. */
    private E another(E picked, PickContext context) {
        int count = usableCount;
        int start = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            E candidate = at((start + i) % count);
            if (!context.avoids(candidate)) {
                return candidate;
            }
        }
        return picked;
    }

    private E draw(int count) {
        return switch (policy) {
            case ROUND_ROBIN -> cumulatedWeights.length > 0 ? smoothTurn(count) : turn(count);
            case LEAST_REQUEST, PEAK_EWMA -> betterOfTwo(count);
            case RANDOM, CONSISTENT_HASH, PASSTHROUGH -> at(random(count));
        };
    }

    private E drawWarm(WarmUpDraw warm, int count) {
        if (policy == LoadBalancer.LEAST_REQUEST || policy == LoadBalancer.PEAK_EWMA) {
            return better(warmIndex(warm, count), warmIndex(warm, count));
        }
        E picked = draw(count);
        for (int i = 1; i < MAX_WARM_UP_DRAWS && !warm.takes(picked); i++) {
            picked = draw(count);
        }
        return picked;
    }

    private int warmIndex(WarmUpDraw warm, int count) {
        int index = random(count);
        for (int i = 1; i < MAX_WARM_UP_DRAWS && !warm.takes(at(index)); i++) {
            index = random(count);
        }
        return index;
    }

    private E turn(int count) {
        int turn = next < count ? next : 0;
        next = turn + 1;
        return at(turn);
    }

    private E smoothTurn(int count) {
        double before = 0;
        int best = 0;
        for (int i = 0; i < count; i++) {
            roundRobinCredit[usable[i]] += cumulatedWeights[i] - before;
            before = cumulatedWeights[i];
            if (roundRobinCredit[usable[i]] > roundRobinCredit[usable[best]]) {
                best = i;
            }
        }
        roundRobinCredit[usable[best]] -= cumulatedWeights[count - 1];
        return at(best);
    }

    private int random(int count) {
        if (cumulatedWeights.length == 0) {
            return random.nextInt(count);
        }
        double drawn = random.nextDouble() * cumulatedWeights[count - 1];
        int found = Arrays.binarySearch(cumulatedWeights, 0, count, drawn);
        return Math.min(count - 1, found >= 0 ? found + 1 : -found - 1);
    }

    private E betterOfTwo(int count) {
        if (cumulatedWeights.length > 0) {
            return better(random(count), random(count));
        }
        int first = random.nextInt(count);
        int second = random.nextInt(count - 1);
        return better(first, second >= first ? second + 1 : second);
    }

    private E better(int first, int second) {
        E a = at(first);
        E b = at(second);
        double loadOfA;
        double loadOfB;
        if (policy == LoadBalancer.PEAK_EWMA) {
            long now = nanos.getAsLong();
            loadOfA = a.expectedNanos(now);
            loadOfB = b.expectedNanos(now);
        } else {
            loadOfA = a.activeRequests();
            loadOfB = b.activeRequests();
        }
        double[] weights = group.weights;
        if (weights != null) {
            loadOfA /= weights[usable[first]];
            loadOfB /= weights[usable[second]];
        }
        return loadOfB < loadOfA ? b : a;
    }
}
