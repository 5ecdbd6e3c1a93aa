package io.signalbox.agent.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.LoadBalancer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerTest {
    private static final class Busy implements Load {
        private final String name;
        private int active;

        Busy(String name, int active) {
            this.name = name;
            this.active = active;
        }

        @Override
        public int activeRequests() {
            return active;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Busy> endpoints(int... active) {
        List<Busy> endpoints = new ArrayList<>();
        for (int i = 0; i < active.length; i++) {
            endpoints.add(new Busy("e" + i, active[i]));
        }
        return endpoints;
    }

    @Test
    void roundRobinTakesEachInTurn() {
        List<Busy> endpoints = endpoints(0, 0, 0);
        Balancer<Busy> balancer = new Balancer<>(LoadBalancer.ROUND_ROBIN, endpoints, new Random(1));
        List<Busy> firstTurn = List.of(balancer.pick(null), balancer.pick(null), balancer.pick(null));
        assertThat(firstTurn).containsExactlyInAnyOrderElementsOf(endpoints);
        assertThat(List.of(balancer.pick(null), balancer.pick(null), balancer.pick(null)))
                .isEqualTo(firstTurn);
    }

    @Test
    void roundRobinDoesNotAlwaysStartAtTheSameEndpoint() {
        List<Busy> endpoints = endpoints(0, 0, 0, 0);
        assertThat(LongStream.range(0, 50)
                        .mapToObj(
                                seed -> new Balancer<>(LoadBalancer.ROUND_ROBIN, endpoints, new SplittableRandom(seed))
                                        .pick(null))
                        .distinct())
                .hasSize(4);
    }

    @Test
    void leastRequestNeverPicksTheBusiest() {
        List<Busy> endpoints = endpoints(0, 1, 9);
        Balancer<Busy> balancer = new Balancer<>(LoadBalancer.LEAST_REQUEST, endpoints, new Random(7));
        for (int i = 0; i < 1000; i++) {
            assertThat(balancer.pick(null)).isNotEqualTo(endpoints.get(2));
        }
    }

    @Test
    void leastRequestKeepsTheLoadEven() {
        List<Busy> endpoints = endpoints(new int[20]);
        Balancer<Busy> balancer = new Balancer<>(LoadBalancer.LEAST_REQUEST, endpoints, new Random(7));
        for (int i = 0; i < 2000; i++) {
            Objects.requireNonNull(balancer.pick(null)).active++;
        }
        // Two choices keep the greatest load within a few of the mean (100).
        assertThat(endpoints).allSatisfy(endpoint -> assertThat(endpoint.active).isBetween(92, 108));
    }

    @ParameterizedTest
    @EnumSource
    void aSingleEndpointGetsEverythingAndNoneGivesNothing(LoadBalancer policy) {
        List<Busy> one = endpoints(3);
        assertThat(new Balancer<>(policy, one, new Random(1)).pick(one.get(0))).isEqualTo(one.get(0));
        assertThat(new Balancer<Busy>(policy, List.of(), new Random(1)).pick(null))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource
    void avoidsTheEndpointThatFailedBefore(LoadBalancer policy) {
        List<Busy> endpoints = endpoints(0, 0, 0);
        Balancer<Busy> balancer = new Balancer<>(policy, endpoints, new Random(5));
        for (int i = 0; i < 300; i++) {
            assertThat(balancer.pick(endpoints.get(1))).isNotEqualTo(endpoints.get(1));
        }
    }
}
