package io.signalbox.agent.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.LoadBalancer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConsistentHashTest {
    private static final int KEYS = 5000;

    static Stream<ConsistentHash.Algorithm> algorithms() {
        return Stream.of(new ConsistentHash.Algorithm.RingHash(1024), new ConsistentHash.Algorithm.Maglev(65_537));
    }

    private static Fixture fixture(ConsistentHash.Algorithm algorithm) {
        Fixture fixture = new Fixture();
        fixture.policy = LoadBalancer.CONSISTENT_HASH;
        fixture.hash = new ConsistentHash(new ConsistentHash.Key.Header("x-user"), algorithm);
        return fixture;
    }

    /** Where each of some keys goes. */
    private static Map<Integer, String> places(Balancer<Candidate> balancer) {
        Map<Integer, String> places = new HashMap<>();
        PickContext context = new PickContext();
        for (int key = 0; key < KEYS; key++) {
            context.reset();
            context.hashKey(Hashing.hash("user-" + key));
            places.put(key, Objects.requireNonNull(balancer.pick(context)).name);
        }
        return places;
    }

    private static long moved(Map<Integer, String> before, Map<Integer, String> after) {
        return before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                .count();
    }

    // Values of the reference implementation, seed 0.
    @ParameterizedTest
    @CsvSource({
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "abc, 44bc2cf5ad770999",
        "'Nobody inspects the spammish repetition', fbcea83c8a378bf1",
    })
    void hashesLikeTheReference(String text, String expected) {
        assertThat(Long.toHexString(Hashing.hash(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void sendsAKeyToTheSameEndpointOnEveryAgent(ConsistentHash.Algorithm algorithm) {
        Fixture fixture = fixture(algorithm).plain(7);
        assertThat(places(fixture.balancer(1))).isEqualTo(places(fixture.balancer(2)));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void spreadsKeys(ConsistentHash.Algorithm algorithm) {
        Map<String, Integer> counts = new HashMap<>();
        places(fixture(algorithm).plain(10).balancer(1)).values().forEach(name -> counts.merge(name, 1, Integer::sum));
        assertThat(counts).hasSize(10);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(300, 750));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void spreadsKeysByWeight(ConsistentHash.Algorithm algorithm) {
        Fixture fixture = fixture(algorithm);
        fixture.add(1, "", "", List.of());
        fixture.add(4, "", "", List.of());
        long light = places(fixture.balancer(1)).values().stream()
                .filter("e0"::equals)
                .count();
        assertThat(light).isCloseTo(KEYS / 5, within((long) KEYS / 12));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void movesFewKeysWhenAnEndpointComes(ConsistentHash.Algorithm algorithm) {
        Fixture fixture = fixture(algorithm).plain(10);
        Map<Integer, String> before = places(fixture.balancer(1));
        Map<Integer, String> after = places(fixture.plain(1).balancer(1));
        // A perfect hash moves an eleventh; Maglev trades some movement for evenness.
        assertThat(moved(before, after)).isLessThan(KEYS / 5);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void movesOnlyTheKeysOfAnEndpointThatIsOutAndTakesThemBack(ConsistentHash.Algorithm algorithm) {
        Fixture fixture = fixture(algorithm).plain(10);
        fixture.hasHealth = true;
        Balancer<Candidate> balancer = fixture.balancer(1);
        Map<Integer, String> before = places(balancer);
        fixture.candidates.get(4).healthy = false;
        fixture.healthVersion++;
        Map<Integer, String> during = places(balancer);
        assertThat(during.values()).doesNotContain("e4");
        before.forEach((key, place) -> {
            if (!place.equals("e4")) {
                assertThat(during).containsEntry(key, place);
            }
        });
        fixture.candidates.get(4).healthy = true;
        fixture.healthVersion++;
        assertThat(places(balancer)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void withoutAKeyAnyEndpointWillDo(ConsistentHash.Algorithm algorithm) {
        assertThat(fixture(algorithm).plain(3).shares(300)).containsOnlyKeys("e0", "e1", "e2");
    }

    @Test
    void aRingHasAtLeastItsMinimumAndABound() {
        List<String> names = List.of("a", "b", "c");
        assertThat(new RingHashTable(names, new double[] {1, 1, 1}, 1024).size())
                .isEqualTo(1026);
        assertThat(new RingHashTable(names, new double[] {1, 1000, 1000}, 8_000_000).size())
                .isLessThanOrEqualTo(RingHashTable.MAX_POINTS + 2);
    }
}
