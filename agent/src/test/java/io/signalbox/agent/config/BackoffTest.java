package io.signalbox.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void growsFromATenthOfASecondToItsGreatest() {
        Backoff backoff = new Backoff(new Random(1));
        Duration floor = Backoff.MIN;
        for (int i = 0; i < 20; i++) {
            Duration delay = backoff.next();
            assertThat(delay).isBetween(floor, floor.multipliedBy(2)).isLessThanOrEqualTo(Backoff.MAX);
            Duration greatestFloor = Backoff.MAX.dividedBy(2);
            floor = floor.multipliedBy(2).compareTo(greatestFloor) > 0 ? greatestFloor : floor.multipliedBy(2);
        }
    }

    @Test
    void startsOverAfterAReset() {
        Backoff backoff = new Backoff(new Random(1));
        for (int i = 0; i < 9; i++) {
            backoff.next();
        }
        backoff.reset();
        assertThat(backoff.next()).isBetween(Backoff.MIN, Backoff.MIN.multipliedBy(2));
    }

    @Test
    void twoAgentsDoNotComeBackTogether() {
        assertThat(new Backoff(new Random(1)).next()).isNotEqualTo(new Backoff(new Random(2)).next());
    }
}
