package io.signalbox.agent.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.testkit.Allocations;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerAllocationTest {
    @ParameterizedTest
    @EnumSource
    void pickingAnEndpointMakesNoObject(BalancerBenchmark.Policy policy) throws Exception {
        BalancerBenchmark benchmark = new BalancerBenchmark();
        benchmark.policy = policy;
        benchmark.endpoints = 100;
        benchmark.build();
        assertThat(Allocations.perCall(benchmark::pick)).isLessThan(1);
    }
}
