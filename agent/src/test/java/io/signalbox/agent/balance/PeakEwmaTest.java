package io.signalbox.agent.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {
    private final PeakEwma latency = new PeakEwma();

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static double cost(long millis) {
        return millis(millis);
    }

    @Test
    void aSlowAnswerCountsAtOnceAndIsForgottenWithTime() {
        latency.answered(millis(10), 0);
        latency.answered(millis(200), 0);
        assertThat(latency.cost(0, 0)).isEqualTo(cost(200));
        assertThat(latency.cost(0, millis(10_000))).isCloseTo(cost(200) / Math.E, within(1e3));
    }

    @Test
    void fastAnswersBringItDownInTheCourseOfSeconds() {
        latency.answered(millis(200), 0);
        latency.answered(millis(10), millis(1));
        assertThat(latency.cost(0, millis(1))).isBetween(cost(199), cost(200));
        for (int second = 1; second <= 60; second++) {
            latency.answered(millis(10), millis(1000L * second));
        }
        assertThat(latency.cost(0, millis(60_000))).isCloseTo(cost(10), within(1e6));
    }

    @Test
    void theRequestsThatRunMultiplyIt() {
        latency.answered(millis(10), 0);
        assertThat(latency.cost(3, 0)).isEqualTo(cost(40));
    }

    @Test
    void whatHasNotAnsweredYetCostsNothingOnceAndThenMoreThanAnything() {
        assertThat(latency.cost(0, 0)).isZero();
        PeakEwma failing = new PeakEwma();
        failing.failed(millis(30_000), 0);
        assertThat(latency.cost(1, 0)).isGreaterThan(failing.cost(100, 0));
        assertThat(latency.cost(2, 0)).isGreaterThan(latency.cost(1, 0));
    }

    @Test
    void failingFastCountsAsASlowAnswer() {
        latency.failed(millis(1), 0);
        assertThat(latency.cost(0, 0)).isEqualTo(cost(1000));
        latency.failed(millis(5000), 0);
        assertThat(latency.cost(0, 0)).isEqualTo(cost(5000));
    }

    @Test
    void aRequestThatWasGivenUpSaysThatAnAnswerWouldHaveTakenLonger() {
        latency.answered(millis(50), 0);
        latency.abandoned(millis(20), 0);
        assertThat(latency.cost(0, 0)).isEqualTo(cost(50));
        latency.abandoned(millis(80), 0);
        assertThat(latency.cost(0, 0)).isEqualTo(cost(80));
    }

    @Test
    void aClockThatStandsStillOrGoesBackDoesNoHarm() {
        latency.answered(millis(50), millis(1000));
        latency.answered(millis(10), millis(900));
        assertThat(latency.cost(0, millis(800))).isEqualTo(cost(50));
    }
}
