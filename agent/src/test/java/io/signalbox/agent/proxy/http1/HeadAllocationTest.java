package io.signalbox.agent.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.testkit.Allocations;
import org.junit.jupiter.api.Test;

class HeadAllocationTest {
    private final HeadBenchmark heads = new HeadBenchmark();

    @Test
    void relayingARequestsHeadMakesNoObject() throws Exception {
        assertThat(Allocations.perCall(heads::relayRequest)).isLessThan(1);
    }

    @Test
    void relayingAResponsesHeadMakesNoObject() throws Exception {
        assertThat(Allocations.perCall(heads::relayResponse)).isLessThan(1);
    }
}
