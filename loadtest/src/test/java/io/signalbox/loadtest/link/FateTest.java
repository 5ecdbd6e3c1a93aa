package io.signalbox.loadtest.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FateTest {
    private static final int PACKETS = 10_000;

    @Test
    void delaysEveryPacketByTheSameTime() {
        Fate fate = new Fate(LinkQuality.delay(Duration.ofMillis(50)), new Random(1));

        assertThat(fate.arrival(0)).hasValue(50_000_000);
        assertThat(fate.arrival(7)).hasValue(50_000_007);
    }

    @Test
    void keepsPacketsInOrderWhenDelaysDiffer() {
        LinkQuality quality = new LinkQuality(Duration.ofMillis(50), Duration.ofMillis(20), 0, 0);
        Fate fate = new Fate(quality, new Random(1));

        List<Long> arrivals = IntStream.range(0, PACKETS)
                .mapToObj(i -> fate.arrival(i * 1_000L).orElseThrow())
                .toList();

        assertThat(arrivals).isSorted();
        assertThat(arrivals.getFirst()).isBetween(30_000_000L, 70_000_000L);
        assertThat(arrivals.stream().distinct()).hasSizeGreaterThan(2);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "20, 1800, 2200", "100, 10000, 10000"})
    void losesThatPartOfThePackets(double percent, int atLeast, int atMost) {
        Fate fate = new Fate(LinkQuality.loss(percent, 1), new Random(1));

        long lost = IntStream.range(0, PACKETS)
                .mapToObj(fate::arrival)
                .filter(OptionalLong::isEmpty)
                .count();

        assertThat(lost).isBetween((long) atLeast, (long) atMost);
    }

    @Test
    void refusesMoreJitterThanDelay() {
        assertThatThrownBy(() -> new LinkQuality(Duration.ofMillis(1), Duration.ofMillis(2), 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: 0 <= jitter <= delay");
    }
}
