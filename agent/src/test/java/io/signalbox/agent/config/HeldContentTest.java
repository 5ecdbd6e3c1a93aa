package io.signalbox.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.signalbox.config.v1.AddressFrontend;
import io.signalbox.config.v1.Backend;
import io.signalbox.config.v1.FrontendProtocol;
import io.signalbox.config.v1.L4Route;
import io.signalbox.config.v1.NodeWorkloads;
import io.signalbox.config.v1.PortDelta;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.RefusalKind;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.WeightedBackend;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeldContentTest {
    private static final Resource GOOD_BACKEND = Protos.backend("b", 1);
    private static final PortSnapshot V1 = Protos.snapshot(80, GOOD_BACKEND, Protos.virtualHost("h", "b"));

    /** Content that is refused, and a part of the reason. */
    record Bad(String name, Resource resource, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static AddressFrontend.Builder frontend() {
        return AddressFrontend.newBuilder()
                .setAddress(Protos.address(10, 0, 0, 0))
                .setPrefixLength(8)
                .setProtocol(FrontendProtocol.FRONTEND_PROTOCOL_TCP)
                .addRoutes(L4Route.newBuilder()
                        .addBackends(
                                WeightedBackend.newBuilder().setBackend("b").setWeight(1)));
    }

    private static Bad badFrontend(String name, AddressFrontend.Builder frontend, String reason) {
        return new Bad(
                name,
                Resource.newBuilder()
                        .setName("address/x")
                        .setAddressFrontend(frontend)
                        .build(),
                reason);
    }

    private static Bad badBackend(String name, Backend.Builder backend, String reason) {
        return new Bad(
                name,
                Resource.newBuilder()
                        .setName("backend/x")
                        .setBackend(backend.setName("x"))
                        .build(),
                reason);
    }

    static Stream<Bad> badContent() {
        Backend good = Protos.backend("x", 1).getBackend();
        return Stream.of(
                new Bad(
                        "unknown kind",
                        Resource.newBuilder().setName("tunnel/x").build(),
                        "unknown kind"),
                new Bad(
                        "name of another kind",
                        GOOD_BACKEND.toBuilder().setName("virtual-host/b").build(),
                        "expected: backend/b"),
                new Bad("dangling backend", Protos.virtualHost("x", "gone"), "'gone' is not in this snapshot"),
                new Bad(
                        "pattern of two virtual hosts",
                        Protos.virtualHost("x", "b").toBuilder()
                                .setVirtualHost(Protos.virtualHost("h", "b").getVirtualHost().toBuilder()
                                        .setName("x"))
                                .build(),
                        "stands in virtual-host/"),
                badFrontend("address length", frontend().setAddress(Protos.address(1, 2, 3)), "3 bytes"),
                badFrontend(
                        "mapped address",
                        frontend().setAddress(Protos.address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1)),
                        "in 16 bytes"),
                badFrontend("prefix too long", frontend().setPrefixLength(33), "prefix_length: 33"),
                badFrontend("bits after the prefix", frontend().setPrefixLength(6), "bits after prefix_length"),
                badFrontend(
                        "unspecified protocol",
                        frontend().setProtocol(FrontendProtocol.FRONTEND_PROTOCOL_UNSPECIFIED),
                        "protocol: 0"),
                badFrontend("protocol of the future", frontend().setProtocolValue(99), "protocol: 99"),
                badFrontend("no backends", frontend().clearRoutes().addRoutes(L4Route.getDefaultInstance()), "none"),
                badFrontend(
                        "dangling virtual host",
                        frontend()
                                .setProtocol(FrontendProtocol.FRONTEND_PROTOCOL_DETECT)
                                .setVirtualHost("gone"),
                        "virtual_host: 'gone'"),
                badFrontend("virtual host on TCP", frontend().setVirtualHost("h"), "expected: empty"),
                badBackend("port 0", good.toBuilder().setPort(0), "port: 0"),
                badBackend("port 65536", good.toBuilder().setPort(65_536), "port: 65536"),
                badBackend("load balancer 0", good.toBuilder().clearLoadBalancer(), "load_balancer: 0"),
                badBackend(
                        "endpoint twice", good.toBuilder().addEndpoints(good.getEndpoints(0)), "each endpoint once"));
    }

    private static HeldPortContent port80(HeldContent content) {
        return Objects.requireNonNull(content.ports().get(80));
    }

    private static HeldContent holding(PortSnapshot... snapshots) {
        Push.Builder push = Push.newBuilder();
        Stream.of(snapshots).map(Protos::full).forEach(push::addPortUpdates);
        HeldContent.Outcome outcome = HeldContent.EMPTY.accept(push.build());
        assertThat(outcome.refused()).isEmpty();
        return outcome.content();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badContent")
    void refusesContentThatCannotBeServedAndSaysWhy(Bad bad) {
        PortSnapshot offered = Protos.snapshot(80, GOOD_BACKEND, Protos.virtualHost("h", "b"), bad.resource());
        HeldContent.Outcome outcome = holding(V1).accept(Protos.push("n", Protos.full(offered)));

        assertThat(outcome.isChange()).isFalse();
        assertThat(outcome.refused()).singleElement().satisfies(refused -> {
            assertThat(refused.getKind()).isEqualTo(RefusalKind.REFUSAL_KIND_INVALID_CONTENT);
            assertThat(refused.getReason()).contains(bad.reason());
            assertThat(refused.getVersion()).isEqualTo(offered.getVersion());
            assertThat(refused.getHeldVersion()).isEqualTo(V1.getVersion());
        });
    }

    @Test
    void onePortThatIsRefusedDoesNotHoldUpTheOthers() {
        PortSnapshot bad = Protos.snapshot(81, Protos.virtualHost("x", "gone"));
        HeldContent.Outcome outcome = HeldContent.EMPTY.accept(Protos.push("n", Protos.full(bad), Protos.full(V1)));
        assertThat(outcome.update().changedPorts()).containsExactly(80);
        assertThat(outcome.refused()).extracting(refused -> refused.getPort()).containsExactly(81);
    }

    @Test
    void aDeltaFromAVersionThatIsNotHeldIsAMismatch() {
        PortSnapshot v2 = Protos.snapshot(80, Protos.backend("b", 2), Protos.virtualHost("h", "b"));
        for (HeldContent held : new HeldContent[] {HeldContent.EMPTY, holding(v2)}) {
            assertThat(held.accept(Protos.push("n", Protos.delta(V1, v2))).refused())
                    .extracting(refused -> refused.getKind())
                    .containsExactly(RefusalKind.REFUSAL_KIND_DELTA_MISMATCH);
        }
    }

    @Test
    void aDeltaWhoseResultHasAnotherHashIsAMismatch() {
        PortUpdate lie = PortUpdate.newBuilder()
                .setPort(80)
                .setDelta(PortDelta.newBuilder()
                        .setPort(80)
                        .setFromVersion(V1.getVersion())
                        .setVersion("00")
                        .addRemoved("virtual-host/h"))
                .build();
        HeldContent.Outcome outcome = holding(V1).accept(Protos.push("n", lie));
        assertThat(outcome.refused().getFirst().getKind()).isEqualTo(RefusalKind.REFUSAL_KIND_DELTA_MISMATCH);
        assertThat(outcome.content().toSnapshot().ports())
                .isEqualTo(holding(V1).toSnapshot().ports());
    }

    @Test
    void aDeltaKeepsTheObjectsThatItDoesNotName() {
        PortSnapshot v2 = Protos.snapshot(80, Protos.backend("b", 2), Protos.virtualHost("h", "b"));
        HeldContent before = holding(V1);
        HeldContent after =
                before.accept(Protos.push("n", Protos.delta(V1, v2))).content();
        assertThat(port80(after).snapshot().virtualHosts().get("h"))
                .isSameAs(port80(before).snapshot().virtualHosts().get("h"));
    }

    @Test
    void aRemovedPortIsGone() {
        HeldContent.Outcome outcome = holding(V1)
                .accept(Push.newBuilder()
                        .addRemovedPorts(80)
                        .addRemovedPorts(81)
                        .build());
        assertThat(outcome.update().removedPorts()).containsExactly(80);
        assertThat(outcome.update().snapshot().ports()).isEmpty();
    }

    @Test
    void workloadsWithAnotherHashAreNotTaken() {
        HeldContent.Outcome outcome = HeldContent.EMPTY.accept(Push.newBuilder()
                .setWorkloads(NodeWorkloads.newBuilder().setVersion("00"))
                .build());
        assertThat(outcome.workloadsProblem()).contains("version: 00");
        assertThat(outcome.update().workloadsChanged()).isFalse();
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    private static PortSnapshot randomSnapshot(Random random) {
        Stream.Builder<Resource> resources = Stream.builder();
        int backends = 1 + random.nextInt(6);
        for (int i = 0; i < backends; i++) {
            resources.add(Protos.backend("b" + i, random.nextInt(4)));
            if (random.nextBoolean()) {
                resources.add(Protos.virtualHost("h" + random.nextInt(3) + "-" + i, "b" + random.nextInt(i + 1)));
            }
        }
        return Protos.snapshot(80, resources.build().toArray(Resource[]::new));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aDeltaLeadsToTheSameValueAsTheWhole(long seed) {
        Random random = new Random(seed);
        PortSnapshot v1 = randomSnapshot(random);
        PortSnapshot v2 = randomSnapshot(random);
        HeldContent.Outcome outcome = holding(v1).accept(Protos.push("n", Protos.delta(v1, v2)));
        assertThat(outcome.refused()).isEmpty();
        assertThat(outcome.content().toSnapshot().ports())
                .isEqualTo(holding(v2).toSnapshot().ports());
        assertThat(port80(outcome.content()).version()).isEqualTo(Protos.version(v2));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damagedBytesNeverDoHarm(long seed) {
        Random random = new Random(seed);
        PortSnapshot v2 = randomSnapshot(random);
        byte[] bytes = Protos.push("n", random.nextBoolean() ? Protos.full(v2) : Protos.delta(V1, v2))
                .toByteArray();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        HeldContent held = holding(V1);
        Push push;
        try {
            push = Push.parseFrom(ByteString.copyFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        // Whatever is taken has the hash that it names; the port's number is part of that.
        held.accept(push)
                .content()
                .ports()
                .forEach((port, content) -> assertThat(content.version()).isIn(Protos.version(V1), Protos.version(v2)));
    }
}
