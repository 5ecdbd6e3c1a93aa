package io.signalbox.agent.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.WarmUp;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerTest {
    private final PickContext anyone = new PickContext();

    private static Fixture fixture(LoadBalancer policy, int count) {
        Fixture fixture = new Fixture().plain(count);
        fixture.policy = policy;
        return fixture;
    }

    @Test
    void roundRobinTakesEachInTurn() {
        Fixture fixture = fixture(LoadBalancer.ROUND_ROBIN, 3);
        Balancer<Candidate> balancer = fixture.balancer(1);
        List<Candidate> firstTurn = List.of(balancer.pick(anyone), balancer.pick(anyone), balancer.pick(anyone));
        assertThat(firstTurn).containsExactlyInAnyOrderElementsOf(fixture.candidates);
        assertThat(List.of(balancer.pick(anyone), balancer.pick(anyone), balancer.pick(anyone)))
                .isEqualTo(firstTurn);
    }

    @Test
    void roundRobinDoesNotAlwaysStartAtTheSameEndpoint() {
        Fixture fixture = fixture(LoadBalancer.ROUND_ROBIN, 4);
        assertThat(LongStream.range(0, 50)
                        .mapToObj(seed -> fixture.balancer(seed).pick(anyone))
                        .distinct())
                .hasSize(4);
    }

    @Test
    void leastRequestNeverPicksTheBusiest() {
        Fixture fixture = fixture(LoadBalancer.LEAST_REQUEST, 3);
        fixture.candidates.get(1).active = 1;
        fixture.candidates.get(2).active = 9;
        assertThat(fixture.shares(1000)).doesNotContainKey("e2");
    }

    @Test
    void leastRequestKeepsTheLoadEven() {
        Fixture fixture = fixture(LoadBalancer.LEAST_REQUEST, 20);
        Balancer<Candidate> balancer = fixture.balancer(7);
        for (int i = 0; i < 2000; i++) {
            Objects.requireNonNull(balancer.pick(anyone)).active++;
        }
        // Two choices keep the greatest load within a few of the mean (100).
        assertThat(fixture.candidates)
                .allSatisfy(endpoint -> assertThat(endpoint.active).isBetween(92, 108));
    }

    @Test
    void peakEwmaTurnsToWhereAnswersComeSooner() {
        Fixture fixture = fixture(LoadBalancer.PEAK_EWMA, 3);
        fixture.candidates.get(0).latency.answered(10_000_000, 0);
        fixture.candidates.get(1).latency.answered(10_000_000, 0);
        fixture.candidates.get(2).latency.answered(30_000_000, 0);
        assertThat(fixture.shares(1000)).doesNotContainKey("e2");
    }

    @Test
    void peakEwmaCountsTheRequestsThatRun() {
        Fixture fixture = fixture(LoadBalancer.PEAK_EWMA, 2);
        fixture.candidates.get(0).latency.answered(10_000_000, 0);
        fixture.candidates.get(0).active = 4;
        fixture.candidates.get(1).latency.answered(30_000_000, 0);
        assertThat(fixture.shares(100)).containsOnlyKeys("e1");
    }

    @Test
    void peakEwmaTriesWhatItDoesNotKnowOnceAtATime() {
        Fixture fixture = fixture(LoadBalancer.PEAK_EWMA, 2);
        fixture.candidates.get(0).latency.answered(10_000_000, 0);
        Balancer<Candidate> balancer = fixture.balancer(1);
        Candidate unknown = fixture.candidates.get(1);
        assertThat(balancer.pick(anyone)).isEqualTo(unknown);
        unknown.active++;
        assertThat(balancer.pick(anyone)).isEqualTo(fixture.candidates.get(0));
    }

    @Test
    void peakEwmaComparesByWeight() {
        Fixture fixture = new Fixture();
        fixture.policy = LoadBalancer.PEAK_EWMA;
        fixture.add(1, "", "", List.of()).latency.answered(10_000_000, 0);
        fixture.add(9, "", "", List.of()).latency.answered(10_000_000, 0);
        Map<String, Integer> shares = fixture.shares(1000);
        // Both draws must fall on the lighter one for it to be picked: a tenth of a tenth.
        assertThat(shares.getOrDefault("e0", 0)).isBetween(1, 30);
    }

    @ParameterizedTest
    @EnumSource
    void aSingleEndpointGetsEverythingAndNoneGivesNothing(LoadBalancer policy) {
        Fixture one = fixture(policy, 1);
        anyone.avoid(one.candidates.get(0));
        assertThat(one.balancer(1).pick(anyone)).isEqualTo(one.candidates.get(0));
        assertThat(fixture(policy, 0).balancer(1).pick(anyone)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void avoidsTheEndpointsThatFailedBefore(LoadBalancer policy) {
        Fixture fixture = fixture(policy, 4);
        Balancer<Candidate> balancer = fixture.balancer(5);
        for (int i = 0; i < 3; i++) {
            anyone.avoid(fixture.candidates.get(i));
        }
        for (int i = 0; i < 300; i++) {
            assertThat(balancer.pick(anyone)).isEqualTo(fixture.candidates.get(3));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ROUND_ROBIN", "RANDOM", "LEAST_REQUEST"})
    void sharesByWeight(LoadBalancer policy) {
        Fixture fixture = new Fixture();
        fixture.policy = policy;
        fixture.add(1, "", "", List.of());
        fixture.add(2, "", "", List.of());
        fixture.add(5, "", "", List.of());
        Map<String, Integer> shares = fixture.shares(8000);
        assertThat(shares.get("e0")).isCloseTo(1000, within(150));
        assertThat(shares.get("e1")).isCloseTo(2000, within(200));
        assertThat(shares.get("e2")).isCloseTo(5000, within(300));
    }

    @Test
    void weightedRoundRobinIsSmooth() {
        Fixture fixture = new Fixture();
        fixture.policy = LoadBalancer.ROUND_ROBIN;
        fixture.add(1, "", "", List.of());
        fixture.add(3, "", "", List.of());
        Balancer<Candidate> balancer = fixture.balancer(1);
        for (int round = 0; round < 5; round++) {
            Map<String, Integer> turn = Fixture.shares(balancer, 4);
            assertThat(turn).containsEntry("e0", 1).containsEntry("e1", 3);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ROUND_ROBIN", "RANDOM", "LEAST_REQUEST"})
    void leavesOutWhatIsNotHealthyUntilItIs(LoadBalancer policy) {
        Fixture fixture = fixture(policy, 3);
        fixture.hasHealth = true;
        Balancer<Candidate> balancer = fixture.balancer(3);
        fixture.candidates.get(1).healthy = false;
        fixture.healthVersion++;
        assertThat(Fixture.shares(balancer, 300)).containsOnlyKeys("e0", "e2");
        fixture.candidates.get(1).healthy = true;
        fixture.healthVersion++;
        assertThat(Fixture.shares(balancer, 300)).containsOnlyKeys("e0", "e1", "e2");
    }

    @Test
    void usesNobodyWhenNobodyIsHealthyUnlessToldTo() {
        Fixture fixture = fixture(LoadBalancer.RANDOM, 3);
        fixture.hasHealth = true;
        fixture.candidates.forEach(candidate -> candidate.healthy = false);
        assertThat(fixture.shares(10)).containsOnlyKeys("none");
        fixture.minHealthPercent = 50;
        assertThat(fixture.shares(300)).containsOnlyKeys("e0", "e1", "e2");
    }

    @Test
    void ignoresHealthBelowTheLeastShare() {
        Fixture fixture = fixture(LoadBalancer.RANDOM, 4);
        fixture.hasHealth = true;
        fixture.minHealthPercent = 50;
        fixture.candidates.get(0).healthy = false;
        fixture.candidates.get(1).healthy = false;
        assertThat(fixture.shares(300)).containsOnlyKeys("e2", "e3");
        fixture.candidates.get(2).healthy = false;
        assertThat(fixture.shares(300)).containsOnlyKeys("e0", "e1", "e2", "e3");
    }

    @ParameterizedTest
    @EnumSource(names = {"ROUND_ROBIN", "LEAST_REQUEST"})
    void aNewEndpointGetsAGrowingShare(LoadBalancer policy) {
        Fixture fixture = fixture(policy, 2);
        fixture.warmUp = new WarmUp(10_000, 10, 1);
        fixture.candidates.get(1).knownSince = 0;
        int atFirst = fixture.shares(4000).getOrDefault("e1", 0);
        fixture.now = 5_000_000_000L;
        int halfway = fixture.shares(4000).getOrDefault("e1", 0);
        fixture.now = 10_000_000_000L;
        int atLast = fixture.shares(4000).getOrDefault("e1", 0);
        // Turns are taken with chance p against 1: a share of p / (1 + p).
        assertThat(atFirst).isCloseTo(364, within(100));
        assertThat(halfway).isCloseTo(1333, within(150));
        assertThat(atLast).isCloseTo(2000, within(200));
    }
}
