package io.signalbox.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.testkit.Allocations;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteMatchAllocationTest {
    @ParameterizedTest
    @ValueSource(strings = {"exact-1000", "prefix-1000", "header-10", "hosts-5000"})
    void findingARouteMakesNoObject(String table) throws Exception {
        RouteMatchBenchmark benchmark = new RouteMatchBenchmark();
        benchmark.table = table;
        benchmark.build();
        assertThat(Allocations.perCall(benchmark::match)).isLessThan(1);
    }
}
