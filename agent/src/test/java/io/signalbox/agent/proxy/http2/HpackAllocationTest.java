package io.signalbox.agent.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.testkit.Allocations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HpackAllocationTest {
    /** Netty's decoder makes a few objects for each block, and none for a field that stands in its table. */
    private static final int DECODER_BYTES = 250;

    private final HpackBenchmark hpack = new HpackBenchmark();

    @BeforeEach
    void connect() throws Exception {
        hpack.connect();
    }

    @Test
    void decodingFieldsThatCameBeforeMakesNoStrings() throws Exception {
        assertThat(Allocations.perCall(hpack::decode)).isLessThan(DECODER_BYTES);
    }

    @Test
    void encodingFieldsThatWentBeforeMakesNoObject() throws Exception {
        assertThat(Allocations.perCall(hpack::encode)).isLessThan(1);
    }
}
