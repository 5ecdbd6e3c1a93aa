package io.signalbox.agent.balance;

import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.LocalityPolicy;
import io.signalbox.agent.model.WarmUp;
import io.signalbox.agent.testkit.BackendSpec;
import io.signalbox.agent.testkit.Snapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A backend with a balancer, for one test. */
final class Fixture {
    static final Place HERE = new Place("n1", "r1/z1/s1");

    LoadBalancer policy = LoadBalancer.RANDOM;

    @Nullable
    ConsistentHash hash;

    @Nullable
    WarmUp warmUp;

    @Nullable
    LocalityPolicy locality;

    boolean nodeLocal;
    boolean hasHealth;
    int minHealthPercent;
    int healthVersion;
    long now;
    List<String> callerLabels = List.of();
    final List<BackendEndpoint> endpoints = new ArrayList<>();
    final List<Candidate> candidates = new ArrayList<>();

    /** Adds endpoints that differ in nothing but their address. */
    Fixture plain(int count) {
        for (int i = 0; i < count; i++) {
            add(1, "", "", List.of());
        }
        return this;
    }

    Candidate add(int weight, String at, String node, List<String> priorityLabels) {
        int number = endpoints.size();
        Endpoint address = new Endpoint(Snapshots.address("10.0." + number / 250 + "." + (number % 250 + 1)), 8080);
        endpoints.add(new BackendEndpoint(address, "", 8080, weight, at, node, priorityLabels));
        Candidate candidate = new Candidate("e" + number);
        candidates.add(candidate);
        return candidate;
    }

    Preference preference() {
        BackendSpec backend = new BackendSpec();
        backend.loadBalancer = policy;
        backend.consistentHash = hash;
        backend.warmUp = warmUp;
        backend.locality = locality;
        backend.nodeLocal = nodeLocal;
        return Preference.of(backend.build(), endpoints, HERE, callerLabels);
    }

    Balancer<Candidate> balancer(long seed) {
        return new Balancer<>(
                new Balancer.Settings(policy, warmUp, hasHealth ? () -> healthVersion : null, minHealthPercent),
                preference(),
                candidates,
                new SplittableRandom(seed),
                () -> now);
    }

    /** How often each endpoint was picked, by name. */
    Map<String, Integer> shares(int picks) {
        return shares(balancer(42), picks);
    }

    static Map<String, Integer> shares(Balancer<Candidate> balancer, int picks) {
        Map<String, Integer> counts = new HashMap<>();
        PickContext context = new PickContext();
        for (int i = 0; i < picks; i++) {
            context.reset();
            Candidate picked = balancer.pick(context);
            counts.merge(picked == null ? "none" : picked.name, 1, Integer::sum);
        }
        return counts;
    }
}
