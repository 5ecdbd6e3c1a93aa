package io.signalbox.agent.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendForCaller;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.HeaderOperations;
import io.signalbox.agent.model.HostPattern;
import io.signalbox.agent.model.WeightedBackend;
import io.signalbox.agent.testkit.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightedTurnsTest {
    private static WeightedTargets targets(WeightedBackend... backends) {
        return new WeightedTargets(List.of(backends), Slots.EMPTY);
    }

    private static List<String> choices(WeightedTargets targets, int count) {
        WeightedTurns turns = new WeightedTurns();
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(String.valueOf(turns.choose(targets).weighted().backend()));
        }
        return chosen;
    }

    @Test
    void spreadsTheHeavyOnesEvenly() {
        assertThat(choices(
                        targets(WeightedBackend.of("a", 5), WeightedBackend.of("b", 1), WeightedBackend.of("c", 1)), 7))
                .containsExactly("a", "a", "b", "a", "c", "a", "a");
    }

    @Test
    void isExactOverEveryRound() {
        Random random = new Random(11);
        for (int round = 0; round < 50; round++) {
            int[] weights = random.ints(1 + random.nextInt(6), 0, 40).toArray();
            weights[0] = Math.max(1, weights[0]);
            WeightedBackend[] backends = new WeightedBackend[weights.length];
            int total = 0;
            for (int i = 0; i < weights.length; i++) {
                backends[i] = WeightedBackend.of("b" + i, weights[i]);
                total += weights[i];
            }
            Map<String, Integer> counts = new HashMap<>();
            choices(targets(backends), total * 3).forEach(name -> counts.merge(name, 1, Integer::sum));
            for (int i = 0; i < weights.length; i++) {
                int expected = weights.length == 1 ? total * 3 : weights[i] * 3;
                assertThat(counts.getOrDefault("b" + i, 0)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aSingleOneGetsEverythingWhateverItsWeight() {
        assertThat(choices(targets(WeightedBackend.of("a", 0)), 2)).containsExactly("a", "a");
    }

    @Test
    void weightsMayAddUpToTheLargestInt() {
        int half = Integer.MAX_VALUE / 2;
        assertThat(choices(targets(WeightedBackend.of("a", half), WeightedBackend.of("b", half)), 4))
                .containsExactly("a", "b", "a", "b");
    }

    @Test
    void someCallersGetOtherBackends() {
        Tables tables = new Tables();
        WeightedBackend weighted = new WeightedBackend(
                tables.to("plain", 1).backend(),
                1,
                List.of(
                        new BackendForCaller(
                                "shop",
                                Map.of("app", "a"),
                                tables.to("labelled", 1).backend(),
                                ""),
                        new BackendForCaller("shop", Map.of(), null, "no such subset for shop")),
                "",
                null,
                HeaderOperations.NONE,
                HeaderOperations.NONE);
        PortTable table = tables.host("h", null, List.of(tables.route("h", List.of(weighted))), HostPattern.of("h"))
                .build();
        PreparedTarget target = new PreparedTarget(weighted, table.backendSlots());

        assertThat(backend(table, target, Tables.anyone())).isEqualTo("plain");
        assertThat(backend(table, target, Tables.caller("shop", Map.of("app", "a"))))
                .isEqualTo("labelled");
        assertThat(backend(table, target, Tables.caller("shop", Map.of()))).isEqualTo("none");
        assertThat(target.unknownReason(Tables.caller("shop", Map.of()))).isEqualTo("no such subset for shop");
        assertThat(target.unknownReason(Tables.anyone())).isEmpty();
    }

    private static String backend(PortTable table, PreparedTarget target, Caller caller) {
        PreparedBackend found = table.backend(target, caller);
        Backend backend = found == null ? null : found.backend();
        return backend == null ? "none" : backend.name();
    }
}
