package io.signalbox.agent.balance;

import io.signalbox.agent.model.LoadBalancer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks endpoints of one backend for one event loop. Not thread-safe: confined to its loop.
 *
 * <p>Least request is the power of two choices: of two different endpoints drawn at random the one with fewer active
 * requests (M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001). Round robin starts at a
 * random endpoint, so that the loops and agents of a cluster do not move in step.
 *
 * @param <E> an endpoint as the event loop knows it
 */
public final class Balancer<E extends Load> {
    private final LoadBalancer policy;
    private final List<E> endpoints;
    private final RandomGenerator random;
    private int next;

    /**
     * @param endpoints may be empty
     * @param random not shared with other threads
     */
    public Balancer(LoadBalancer policy, List<E> endpoints, RandomGenerator random) {
        this.policy = policy;
        this.endpoints = List.copyOf(endpoints);
        this.random = random;
        this.next = endpoints.isEmpty() ? 0 : random.nextInt(endpoints.size());
    }

    /** All endpoints. */
    public List<E> endpoints() {
        return endpoints;
    }

    /**
     * Picks an endpoint.
     *
     * @param avoid an endpoint that failed the request before; it is picked again only when there is no other
     * @return null when there is no endpoint
     */
    public @Nullable E pick(@Nullable E avoid) {
        int size = endpoints.size();
        if (size == 0) {
            return null;
        }
        E picked = pickAny(size);
        if (size > 1 && picked.equals(avoid)) {
            return endpoints.get((endpoints.indexOf(picked) + 1 + random.nextInt(size - 1)) % size);
        }
        return picked;
    }

    private E pickAny(int size) {
        return switch (policy) {
            case ROUND_ROBIN -> {
                int turn = next;
                next = turn + 1 == size ? 0 : turn + 1;
                yield endpoints.get(turn);
            }
            case RANDOM, PASSTHROUGH, CONSISTENT_HASH -> endpoints.get(random.nextInt(size));
            case LEAST_REQUEST -> size == 1 ? endpoints.get(0) : lessBusyOfTwo(size);
        };
    }

    private E lessBusyOfTwo(int size) {
        int first = random.nextInt(size);
        int second = random.nextInt(size - 1);
        if (second >= first) {
            second++;
        }
        E a = endpoints.get(first);
        E b = endpoints.get(second);
        return b.activeRequests() < a.activeRequests() ? b : a;
    }
}
