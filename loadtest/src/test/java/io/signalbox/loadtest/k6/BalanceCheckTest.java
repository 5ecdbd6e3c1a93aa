package io.signalbox.loadtest.k6;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BalanceCheckTest {
    private static final BalanceCheck CHECK = new BalanceCheck(Recorded.ENDPOINTS, 5);

    @Test
    void aRealRunOfAllRoutesIsBalanced() {
        List<Share> shares = CHECK.judge(Recorded.mixed().routes());

        assertThat(shares).hasSize(8).allMatch(Share::holds);
        assertThat(shares)
                .extracting(Share::text)
                .contains(
                        "service catalog: catalog-1 443, catalog-2 444, catalog-3 443; off by 1 (expected: at most 32)")
                .contains("route http-split, weight 20 of 100: canary 70 of 350 (expected: 70); off by 0"
                        + " (expected: at most 14)");
    }

    @Test
    void thePercentageAndTenAnswersAreAllowed() {
        BalanceCheck check = new BalanceCheck(Map.of("a", List.of("a-1", "a-2")), 5);

        assertThat(check.judge(Map.of("r", route(Map.of("a", 100), Map.of("a-1", 10_255L, "a-2", 9_745L)))))
                .singleElement()
                .satisfies(share -> {
                    assertThat(share.deviation()).isEqualTo(510);
                    assertThat(share.allowed()).isEqualTo(510);
                    assertThat(share.holds()).isTrue();
                });
        assertThat(check.judge(Map.of("r", route(Map.of("a", 100), Map.of("a-1", 10_256L, "a-2", 9_744L)))))
                .noneMatch(Share::holds);
    }

    static Stream<Arguments> unbalanced() {
        return Stream.of(
                Arguments.of("http-beta", Map.of("canary-1", 350L, "canary-2", 0L), List.of("service canary")),
                Arguments.of("grpc-rest", Map.of("orders-1", 40L, "orders-2", 210L), List.of("service orders")),
                Arguments.of(
                        "http-split",
                        Map.of(
                                "catalog-1",
                                72L,
                                "catalog-2",
                                72L,
                                "catalog-3",
                                72L,
                                "canary-1",
                                108L,
                                "canary-2",
                                108L),
                        List.of("route http-split, weight 20 of 100", "route http-split, weight 80 of 100")),
                Arguments.of(
                        "grpc-split",
                        Map.of("orders-1", 0L),
                        List.of("route grpc-split, weight 80 of 100", "route grpc-split, weight 20 of 100")));
    }

    @ParameterizedTest(name = "{0} answered by {1}")
    @MethodSource("unbalanced")
    void answersInTheWrongPlaceAreNamed(String route, Map<String, Long> endpoints, List<String> broken) {
        assertThat(CHECK.judge(Recorded.mixedWith(route, endpoints)).stream()
                        .filter(share -> !share.holds())
                        .map(Share::subject))
                .containsExactlyInAnyOrderElementsOf(broken);
    }

    @Test
    void noAnswersAreNoBalance() {
        List<Share> shares =
                new BalanceCheck(Recorded.ENDPOINTS, 1_000).judge(Map.of("r", route(Map.of("orders", 100), Map.of())));

        assertThat(shares).extracting(Share::text).containsExactly("service orders: no answers (expected: some)");
        assertThat(shares).noneMatch(Share::holds);
    }

    @Test
    void anUnknownServiceIsRefused() {
        assertThatThrownBy(() -> CHECK.judge(Map.of("r", route(Map.of("nobody", 100), Map.of()))))
                .hasMessageContaining("service nobody (expected: one of");
    }

    private static RunSummary.Route route(Map<String, Integer> weights, Map<String, Long> endpoints) {
        return new RunSummary.Route(
                weights,
                endpoints.values().stream().mapToLong(Long::longValue).sum(),
                0,
                endpoints,
                new RunSummary.Latency(0, 0, 0, 0, 0));
    }
}
