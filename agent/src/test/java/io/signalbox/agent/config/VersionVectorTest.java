package io.signalbox.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.config.v1.NodeWorkloads;
import io.signalbox.config.v1.PortSnapshot;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Versions of bytes that were written and hashed without this code. */
class VersionVectorTest {
    private static final Properties VECTORS = new Properties();

    @BeforeAll
    static void load() throws Exception {
        try (InputStream in = VersionVectorTest.class.getResourceAsStream("/version-vectors/catalog.properties")) {
            VECTORS.load(Objects.requireNonNull(in));
        }
    }

    @Test
    void aPortSnapshotHasTheVersionThatTheContractDefines() throws Exception {
        PortSnapshot proto = PortSnapshot.parseFrom(HexFormat.of().parseHex(VECTORS.getProperty("port_snapshot")));
        assertThat(HeldPortContent.full(80, proto).version().value()).isEqualTo(VECTORS.getProperty("version"));
    }

    @Test
    void workloadsHaveTheVersionThatTheContractDefines() throws Exception {
        NodeWorkloads proto = NodeWorkloads.parseFrom(HexFormat.of().parseHex(VECTORS.getProperty("node_workloads")));
        assertThat(HeldWorkloads.of(proto).workloads().version().value())
                .isEqualTo(VECTORS.getProperty("workloads_version"));
    }

    @Test
    void aPortWithoutResourcesHasTheHashOfItsNumber() {
        assertThat(ContentHash.ofPort(9, List.of()).value()).isEqualTo(VECTORS.getProperty("empty_version"));
    }

    @Test
    void namesAreOrderedAsTheirBytes() {
        // U+FF21 is three bytes beginning with EF, U+1F600 four beginning with F0; as chars they stand the other way.
        assertThat(ContentHash.NAME_ORDER.compare("\uFF21", "\uD83D\uDE00")).isNegative();
        assertThat(ContentHash.NAME_ORDER.compare("a", "ab")).isNegative();
    }
}
