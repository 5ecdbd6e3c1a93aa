package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.RetryBudget;
import io.signalbox.agent.testkit.BackendSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryGateTest {
    private final RetryGate gate = new RetryGate();
    private final BackendSpec spec = new BackendSpec();

    private int allowed(int asked, long activeRequests) {
        return allowed(asked, true, activeRequests);
    }

    private int allowed(int asked, boolean reached, long activeRequests) {
        int allowed = 0;
        for (int i = 0; i < asked; i++) {
            allowed += gate.tryStart(spec.build(), reached, () -> activeRequests) ? 1 : 0;
        }
        return allowed;
    }

    @ParameterizedTest
    @CsvSource({"0, 50", "3, 3"})
    void aFixedLimitCountsWhereThereIsNoBudget(int limit, int expected) {
        spec.maxRetries = limit;
        assertThat(allowed(50, 1)).isEqualTo(expected);
        assertThat(gate.refused()).isEqualTo(50 - expected);
    }

    // A fifth of what runs, and three at least.
    @ParameterizedTest
    @CsvSource({"0, 3", "15, 3", "20, 4", "100, 20"})
    void aBudgetFollowsTheRequestsThatRun(long activeRequests, int expected) {
        spec.maxRetries = 1;
        spec.retryBudget = new RetryBudget(200_000, 3);
        assertThat(allowed(50, activeRequests)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"true, 50", "false, 3"})
    void onlyAFixedLimitCountsForWhatReachedNoEndpoint(boolean hasBudget, int expected) {
        spec.maxRetries = 3;
        spec.retryBudget = hasBudget ? new RetryBudget(0, 0) : null;
        assertThat(allowed(50, false, 0)).isEqualTo(expected);
    }

    @Test
    void aRetryThatHasEndedMakesRoom() {
        spec.maxRetries = 1;
        assertThat(allowed(2, 0)).isEqualTo(1);
        gate.ended();
        assertThat(allowed(1, 0)).isEqualTo(1);
        assertThat(gate.running()).isEqualTo(1);
    }
}
