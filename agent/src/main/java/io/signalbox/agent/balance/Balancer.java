package io.signalbox.agent.balance;

import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.WarmUp;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks endpoints of one backend for one event loop. Not thread-safe: confined to its loop.
 *
 * <p>Where endpoints stand in groups (see {@link Preference}), the group is chosen first. Groups by priority share the
 * requests as Envoy does it: a priority takes what 1.4 times its share of healthy endpoints covers, the next takes the
 * rest. Groups by share lose theirs likewise.
 *
 * @param <E> an endpoint as the event loop knows it
 */
public final class Balancer<E extends Load> {
    private static final double OVER_PROVISIONING = 1.4;

    private final List<E> endpoints;
    private final List<EndpointGroup<E>> groups;
    private final boolean byShare;
    private final RandomGenerator random;
    private final @Nullable HealthSource health;
    private final double minHealthShare;
    private final double[] cumulatedLoads;
    private int healthVersion;

    /**
     * What a backend asks for.
     *
     * @param policy how an endpoint is chosen inside a group
     * @param warmUp null: none
     * @param health null: all endpoints are healthy for ever
     * @param minHealthPercent below this share of healthy endpoints all are used; 0: never
     */
    public record Settings(
            LoadBalancer policy,
            @Nullable WarmUp warmUp,
            @Nullable HealthSource health,
            int minHealthPercent) {}

    /**
     * @param preference among these endpoints
     * @param endpoints may be empty
     * @param random not shared with other threads
     * @param nanos a clock; only read for warm-up and {@link LoadBalancer#PEAK_EWMA}
     */
    public Balancer(
            Settings settings, Preference preference, List<E> endpoints, RandomGenerator random, LongSupplier nanos) {
        this.endpoints = List.copyOf(endpoints);
        this.random = random;
        this.health = settings.health();
        this.minHealthShare = settings.minHealthPercent() / 100.0;
        this.byShare = preference.isByShare();
        List<EndpointGroup<E>> made = new ArrayList<>();
        WarmUp warmUp = settings.warmUp();
        WarmUpDraw draw = warmUp == null ? null : new WarmUpDraw(warmUp, random, nanos);
        for (Preference.Group group : preference.groups()) {
            made.add(new EndpointGroup<>(group, this.endpoints, settings.policy(), draw, random, nanos));
        }
        this.groups = List.copyOf(made);
        this.cumulatedLoads = new double[groups.size()];
        if (health != null) {
            healthVersion = health.version();
        }
        refresh();
    }

    /** All endpoints. */
    public List<E> endpoints() {
        return endpoints;
    }

    /**
     * Picks an endpoint.
     *
     * @return null when no endpoint may be used
     */
    public @Nullable E pick(PickContext context) {
        HealthSource source = health;
        if (source != null && source.version() != healthVersion) {
            healthVersion = source.version();
            refresh();
        }
        int count = groups.size();
        if (count == 0) {
            return null;
        }
        int chosen = count == 1 ? 0 : chooseGroup(context);
        return chosen < 0 ? null : groups.get(chosen).pick(context);
    }

    /** @return below 0 when no group has a usable endpoint */
    private int chooseGroup(PickContext context) {
        int last = cumulatedLoads.length - 1;
        double sum = cumulatedLoads[last];
        int chosen = -1;
        if (sum > 0) {
            // The same key must go to the same group while health stays.
            double drawn =
                    sum * (context.hasHash() ? (Hashing.mix(context.hash()) >>> 11) * 0x1.0p-53 : random.nextDouble());
            chosen = 0;
            while (chosen < last && drawn >= cumulatedLoads[chosen]) {
                chosen++;
            }
        }
        if (chosen < 0 || context.leaves(chosen)) {
            for (int i = 0; i <= last; i++) {
                if (!context.leaves(i) && groups.get(i).hasUsable()) {
                    chosen = i;
                    break;
                }
            }
        }
        if (chosen >= 0) {
            context.choseGroup(chosen);
        }
        return chosen;
    }

    /** Looks at the health of every endpoint anew. */
    private void refresh() {
        int count = groups.size();
        double[] available = new double[count];
        double total = 0;
        for (int i = 0; i < count; i++) {
            EndpointGroup<E> group = groups.get(i);
            group.refresh();
            available[i] = group.share() * Math.min(1, OVER_PROVISIONING * group.healthyShare());
            total += available[i];
        }
        boolean isCovered = !byShare && total >= 1;
        double covered = 0;
        double sum = 0;
        for (int i = 0; i < count; i++) {
            EndpointGroup<E> group = groups.get(i);
            boolean panics = !isCovered && group.healthyShare() < minHealthShare;
            if (panics) {
                group.useAll();
            }
            double load;
            if (total == 0) {
                load = panics ? group.share() * group.size() : 0;
            } else if (byShare) {
                load = available[i];
            } else {
                load = Math.min(1 - covered, available[i] / Math.min(1, total));
                covered += load;
            }
            sum += load;
            cumulatedLoads[i] = sum;
        }
    }
}
