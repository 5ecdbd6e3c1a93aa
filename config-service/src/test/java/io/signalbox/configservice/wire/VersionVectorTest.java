package io.signalbox.configservice.wire;

import static io.signalbox.configservice.testkit.Declarations.registry;
import static io.signalbox.configservice.testkit.Declarations.service;
import static io.signalbox.configservice.testkit.Declarations.slice;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.signalbox.config.v1.NodeWorkloads;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.configservice.compile.Compilation;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.snapshot.Snapshot;
import io.signalbox.configservice.testkit.FakeAgent;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Versions are part of the contract: these literal snapshots have these literal versions, for every implementation and
 * for ever. The agent's tests read the same files.
 */
class VersionVectorTest {
    private static final String PORT_VERSION = "1fbb8236a8531047b10155b22118e52f";
    private static final String WORKLOADS_VERSION = "762a7a604d78312b138a8d7696fdcd24";

    private static Snapshot snapshot() {
        return new Compiler("cluster.local")
                .compile(
                        Compilation.EMPTY,
                        registry(
                                service("shop", "catalog", "10.96.0.10", "http", 8080),
                                slice("shop", "catalog", "http", 80, "10.244.1.12", "10.244.1.11"),
                                service("shop", "queue", "fd00::a", "tcp-queue", 8080),
                                slice("shop", "queue", "tcp-queue", 5672, "fd00:1::1"),
                                service("shop", "odd", "10.96.0.12", "odd", 8080),
                                """
                                apiVersion: v1
                                kind: Pod
                                metadata:
                                  name: storefront-0
                                  namespace: shop
                                  uid: 6f2b1c3e-0d6a-4a57-9d8e-2f1f4f3a9b10
                                  labels: {tier: web, app: storefront}
                                  annotations: {signalbox.io/capture-failure: closed}
                                spec: {nodeName: node-1, serviceAccountName: storefront}
                                status: {podIP: 10.244.1.20, phase: Running}
                                """))
                .snapshot();
    }

    @Test
    void thePortHasItsLiteralVersion() throws IOException {
        PortSnapshot vector = TextFormat.parse(read("port-8080.txtpb"), PortSnapshot.class);

        assertThat(vector.getVersion()).isEqualTo(PORT_VERSION);
        assertThat(FakeAgent.version(8080, vector.getResourcesList())).isEqualTo(PORT_VERSION);
        assertThat(EncodedPort.of(Objects.requireNonNull(snapshot().ports().get(8080)), null)
                        .full())
                .isEqualTo(vector);
    }

    @Test
    void theWorkloadsHaveTheirLiteralVersion() throws IOException {
        NodeWorkloads vector = TextFormat.parse(read("workloads.txtpb"), NodeWorkloads.class);

        assertThat(vector.getVersion()).isEqualTo(WORKLOADS_VERSION);
        assertThat(EncodedWorkloads.of(Objects.requireNonNull(snapshot().nodes().get("node-1")), null)
                        .message())
                .isEqualTo(vector);
    }

    private static String read(String file) throws IOException {
        InputStream resource = VersionVectorTest.class.getResourceAsStream("/version-vectors/" + file);
        try (Reader reader = new InputStreamReader(Objects.requireNonNull(resource, file), StandardCharsets.UTF_8)) {
            return reader.readAllAsString();
        }
    }
}
