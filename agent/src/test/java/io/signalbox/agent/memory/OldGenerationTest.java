package io.signalbox.agent.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OldGenerationTest {
    private static final long MEGABYTE = 1 << 20;

    @ParameterizedTest(name = "{0} MB lived, {1} MB used: {2}")
    @CsvSource({
        "0, 7, false",
        "0, 8, true",
        "13, 20, false",
        "13, 21, true",
        "40, 59, false",
        "40, 60, true",
        "20, 10, false"
    })
    void collectsWhenTheGrowthIsHalfOfWhatLivesAndEightMegabytes(long lived, long used, boolean expected) {
        assertThat(OldGeneration.isWorthIt(lived * MEGABYTE, used * MEGABYTE)).isEqualTo(expected);
    }
}
