package io.signalbox.agent.balance;

import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.LoadBalancer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Picks of each balancer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BalancerBenchmark {
    /** How endpoints are chosen. */
    public enum Policy {
        LEAST_REQUEST,
        PEAK_EWMA,
        ROUND_ROBIN,
        RANDOM,
        RING_HASH,
        MAGLEV
    }

    /** How an endpoint is chosen. */
    @Param
    public Policy policy = Policy.LEAST_REQUEST;

    /** Number of endpoints. */
    @Param({"3", "100"})
    public int endpoints = 3;

    private Balancer<Candidate> balancer = new Fixture().balancer(1);
    private final PickContext context = new PickContext();
    private long key;

    /** Makes the endpoints. */
    @Setup
    public void build() {
        Fixture fixture = new Fixture().plain(endpoints);
        switch (policy) {
            case LEAST_REQUEST -> fixture.policy = LoadBalancer.LEAST_REQUEST;
            case PEAK_EWMA -> {
                fixture.policy = LoadBalancer.PEAK_EWMA;
                fixture.candidates.forEach(candidate -> candidate.latency.answered(5_000_000, 0));
                fixture.now = 1_000_000_000;
            }
            case ROUND_ROBIN -> fixture.policy = LoadBalancer.ROUND_ROBIN;
            case RANDOM -> fixture.policy = LoadBalancer.RANDOM;
            case RING_HASH -> hash(fixture, new ConsistentHash.Algorithm.RingHash(1024));
            case MAGLEV -> hash(fixture, new ConsistentHash.Algorithm.Maglev(65_537));
        }
        balancer = fixture.balancer(1);
    }

    private static void hash(Fixture fixture, ConsistentHash.Algorithm algorithm) {
        fixture.policy = LoadBalancer.CONSISTENT_HASH;
        fixture.hash = new ConsistentHash(new ConsistentHash.Key.SourceIp(), algorithm);
    }

    /** One pick, with another key each time. */
    @Benchmark
    public @Nullable Object pick() {
        context.reset();
        context.hashKey(Hashing.mix(++key));
        return balancer.pick(context);
    }
}
