package io.signalbox.agent.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.signalbox.agent.model.LocalityPolicy;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Callers are at r1/z1/s1, on node n1. */
class PreferenceTest {
    private static final LocalityPolicy NEAREST = new LocalityPolicy(List.of(), Map.of(), List.of());

    private final Fixture fixture = new Fixture();

    private Fixture at(String... localities) {
        for (String locality : localities) {
            fixture.add(1, locality, "", List.of());
        }
        return fixture;
    }

    @Test
    void withoutAPolicyAllPlacesAreEqual() {
        assertThat(at("r1/z1/s1", "r2/z1/s1").preference().preferred()).containsExactly(0, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "r1/z1/s1 r1/z1/s2 r1/z2/s1 r2/z1/s1, 0",
        "r1/z1/s2 r1/z2/s1 r2/z1/s1 r1/z1, 0 3",
        "r1/z2/s1 r2/z1/s1 r1, 0 2",
        "r2/z1/s1 r3 '', 0 1",
    })
    void theNearestComeFirst(String localities, String preferred) {
        fixture.locality = NEAREST;
        assertThat(at(localities.replace("''", "").split(" ")).preference().preferred())
                .containsExactly(IntStream.of(List.of(preferred.split(" ")).stream()
                                .mapToInt(Integer::parseInt)
                                .toArray())
                        .toArray());
    }

    @Test
    void aFailoverRegionComesBeforeOtherRegions() {
        fixture.locality = new LocalityPolicy(List.of(), Map.of("r1", "r3"), List.of());
        assertThat(at("r2", "r3").preference().preferred()).containsExactly(1);
    }

    @Test
    void theMoreLeadingLabelsTheBetter() {
        fixture.locality = new LocalityPolicy(List.of("version", "rack"), Map.of(), List.of());
        fixture.callerLabels = List.of("v1", "k1");
        fixture.add(1, "", "", List.of("v2", "k1"));
        fixture.add(1, "", "", List.of("v1", "k2"));
        assertThat(fixture.preference().preferred()).containsExactly(1);
        fixture.add(1, "", "", List.of("v1", "k1"));
        assertThat(fixture.preference().preferred()).containsExactly(2);
    }

    @Test
    void onlyEndpointsOfTheNodeCountWhereThePolicyIsLocal() {
        fixture.nodeLocal = true;
        fixture.add(1, "", "n2", List.of());
        fixture.add(1, "", "n1", List.of());
        assertThat(fixture.preference().preferred()).containsExactly(1);
        assertThat(fixture.shares(20)).containsOnlyKeys("e1");
    }

    @Test
    void aNodeWithoutEndpointsGetsNoneWhereThePolicyIsLocal() {
        fixture.nodeLocal = true;
        fixture.add(1, "", "n2", List.of());
        assertThat(fixture.preference().preferred()).isEmpty();
        assertThat(fixture.shares(1)).containsOnlyKeys("none");
    }

    // 1.4 times the healthy share of the first priority covers so much of the load.
    @ParameterizedTest
    @CsvSource({"0, 10000", "2, 10000", "4, 8400", "5, 7000", "8, 2800", "10, 0"})
    void spillsToTheNextPriorityAsHealthIsLost(int ejected, int expectedNear) {
        fixture.locality = NEAREST;
        fixture.hasHealth = true;
        for (int i = 0; i < 10; i++) {
            at("r1/z1/s1");
        }
        at("r2", "r2");
        for (int i = 0; i < ejected; i++) {
            fixture.candidates.get(i).healthy = false;
        }
        Map<String, Integer> shares = fixture.shares(10_000);
        int far = shares.getOrDefault("e10", 0) + shares.getOrDefault("e11", 0);
        assertThat(10_000 - far).isCloseTo(expectedNear, within(250));
    }

    @Test
    void aRetryMayGoToAnotherLocality() {
        fixture.locality = NEAREST;
        Balancer<Candidate> balancer = at("r1/z1/s1", "r2").balancer(1);
        PickContext context = new PickContext();
        Candidate first = balancer.pick(context);
        context.preferOtherLocalities();
        assertThat(List.of(first, balancer.pick(context), balancer.pick(context)))
                .containsExactly(fixture.candidates.get(0), fixture.candidates.get(1), fixture.candidates.get(0));
    }

    @Test
    void distributesByShareAndGivesNothingToWhatIsNotListed() {
        fixture.locality = new LocalityPolicy(
                List.of(),
                Map.of(),
                List.of(
                        new LocalityPolicy.Distribution("r2/*", Map.of("r9", 100)),
                        new LocalityPolicy.Distribution("r1/z1/*", Map.of("r1/z1/*", 70, "r1/z2/*", 30))));
        Map<String, Integer> shares =
                at("r1/z1/s1", "r1/z1/s2", "r1/z2/s1", "r2/z1/s1").shares(10_000);
        assertThat(shares).containsOnlyKeys("e0", "e1", "e2");
        assertThat(shares.get("e2")).isCloseTo(3000, within(250));
        assertThat(shares.get("e0")).isCloseTo(3500, within(250));
        assertThat(fixture.preference().preferred()).containsExactly(0, 1, 2);
    }

    @Test
    void aLocalityWithoutHealthyEndpointsLosesItsShare() {
        fixture.hasHealth = true;
        fixture.locality = new LocalityPolicy(
                List.of(), Map.of(), List.of(new LocalityPolicy.Distribution("r1", Map.of("r1", 70, "r2", 30))));
        at("r1", "r2").candidates.get(0).healthy = false;
        assertThat(fixture.shares(100)).containsOnlyKeys("e1");
    }

    @Test
    void aDistributionForOtherCallersChangesNothing() {
        fixture.locality = new LocalityPolicy(
                List.of(), Map.of(), List.of(new LocalityPolicy.Distribution("r7", Map.of("r7", 100))));
        assertThat(at("r1", "r2").preference().preferred()).containsExactly(0, 1);
    }
}
