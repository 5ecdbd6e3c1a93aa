package io.signalbox.configservice.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.pipeline.Pipeline;
import io.signalbox.configservice.pipeline.PipelineObserver;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.pipeline.Stage;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.source.kubernetes.KubernetesSource;
import io.signalbox.configservice.source.kubernetes.Pace;
import io.signalbox.configservice.testkit.Declarations;
import io.signalbox.configservice.testkit.TestCluster;
import io.signalbox.configservice.wire.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writing to fabric8's mock API server, by one of two replicas. */
class StatusWriterTest {
    private static final String ROUTE = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/canary";
    private static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/shop/events";
    private static final String CANARY = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: canary, namespace: shop}
            spec:
              parentRefs: [{group: '', kind: Service, name: catalog, port: 80}]
              rules: [{backendRefs: [{name: %s, port: 80}]}]
            """;
    private static final String REFUSED = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: wrong, namespace: shop}
            spec: {hosts: [catalog], http: [{rote: []}]}
            """;

    /** A config service without its servers. */
    private final class Replica implements AutoCloseable {
        private final AtomicReference<List<AgentView>> agents = new AtomicReference<>(List.of());
        private final SnapshotStore store = new SnapshotStore();
        private final KubernetesSource source =
                new KubernetesSource(cluster.client(), List.of(), Pace.DEFAULT, System::nanoTime);
        private final Pipeline pipeline = new Pipeline(
                source,
                new Compiler("cluster.local"),
                store,
                new PipelineObserver() {
                    @Override
                    public void onStage(Stage stage, Duration duration) {}

                    @Override
                    public void onState(PipelineState state) {
                        writer().changed();
                    }
                },
                System::nanoTime);
        private final StatusWriter writer;

        Replica(String name) throws InterruptedException {
            this(name, Duration.ofSeconds(60));
        }

        Replica(String name, Duration leaseDuration) throws InterruptedException {
            writer = new StatusWriter(
                    cluster.client(),
                    new LeaseTerms(
                            "signalbox",
                            name,
                            leaseDuration,
                            leaseDuration.multipliedBy(5).dividedBy(6),
                            Duration.ofMillis(100)),
                    pipeline::state,
                    agents::get,
                    store::current,
                    source::path,
                    InstantSource.system(),
                    System::nanoTime);
            source.start(pipeline::signal);
            pipeline.load();
            pipeline.start();
            writer.start();
            replicas.add(this);
        }

        private StatusWriter writer() {
            return writer;
        }

        /** The version of port 80 that agents are offered. */
        private String offered() {
            return Objects.requireNonNull(store.current().ports().get(80))
                    .version()
                    .value();
        }

        /** Until it knows another form of the route than that which was offered in this version. */
        private void awaitChange(String before) {
            Awaitility.await().until(() -> !offered().equals(before));
        }

        /** One agent, that holds this version of port 80. */
        private void agentHolds(String version) {
            agents.set(List.of(agent(version, "")));
        }

        @Override
        public void close() {
            writer.close();
            pipeline.close();
        }
    }

    private final TestCluster cluster = new TestCluster();
    private final List<Replica> replicas = new ArrayList<>();

    @BeforeEach
    void declare() throws IOException {
        cluster.defineAll();
        cluster.apply(Declarations.service("shop", "catalog", "10.0.0.1", "http", 80), CANARY.formatted("catalog"));
    }

    @AfterEach
    void stop() {
        replicas.forEach(Replica::close);
        cluster.close();
    }

    private JsonNode parents() throws IOException {
        return cluster.get(ROUTE).path("status").path("parents");
    }

    private void awaitConditions(String... expected) {
        Awaitility.await().untilAsserted(() -> {
            List<String> conditions = new ArrayList<>();
            for (JsonNode parent : parents()) {
                for (JsonNode condition : parent.path("conditions")) {
                    conditions.add(condition.path("type").asText() + " "
                            + condition.path("status").asText() + " "
                            + condition.path("reason").asText());
                }
            }
            assertThat(conditions).containsExactly(expected);
        });
    }

    private static AgentView agent(String held, String refused) {
        return new AgentView(
                "node-1",
                "",
                "1",
                "",
                Instant.EPOCH,
                Instant.EPOCH,
                false,
                1,
                1,
                0,
                Optional.empty(),
                List.of(new AgentView.Port(80, held, "", refused, 0)));
    }

    @Test
    void aRouteSaysWhatWasDecidedAndWhetherAgentsServeByIt() throws Exception {
        Replica replica = new Replica("a");
        awaitConditions(
                "Accepted True Accepted", "ResolvedRefs True ResolvedRefs", "signalbox.io/Programmed False Pending");

        String before = replica.offered();
        replica.agentHolds("");
        replica.agentHolds(before);
        awaitConditions(
                "Accepted True Accepted", "ResolvedRefs True ResolvedRefs", "signalbox.io/Programmed True Programmed");

        // What else happens at the port is not the route's.
        String written = cluster.get(ROUTE).at("/metadata/resourceVersion").asText();
        replica.agentHolds("");
        cluster.apply(CANARY.formatted("nowhere"));
        awaitConditions(
                "Accepted True Accepted",
                "ResolvedRefs False BackendNotFound",
                "signalbox.io/Programmed False Pending");
        assertThat(cluster.get(ROUTE).at("/metadata/resourceVersion").asText()).isNotEqualTo(written);

        replica.agents.set(List.of(agent(before, "cannot be served")));
        awaitConditions(
                "Accepted True Accepted",
                "ResolvedRefs False BackendNotFound",
                "signalbox.io/Programmed False Invalid");
    }

    @Test
    void onlyTheHolderOfTheLeaseWritesAndGivesItBackWhenItEnds() throws Exception {
        Replica first = new Replica("first");
        Awaitility.await().until(first.writer::isLeading);
        Replica second = new Replica("second");
        awaitConditions(
                "Accepted True Accepted", "ResolvedRefs True ResolvedRefs", "signalbox.io/Programmed False Pending");
        assertThat(second.writer.isLeading()).isFalse();
        assertThat(holder()).isEqualTo("first");
        assertThat(writes()).hasSize(1);

        first.close();
        Awaitility.await().until(second.writer::isLeading);
        assertThat(first.writer.isLeading()).isFalse();
        assertThat(holder()).isEqualTo("second");
        second.agentHolds(second.offered());
        awaitConditions(
                "Accepted True Accepted", "ResolvedRefs True ResolvedRefs", "signalbox.io/Programmed True Programmed");
        assertThat(writes()).hasSize(2);
    }

    @Test
    void aRouteIsProgrammedWhenTheAgentsOfEveryReplicaServeByIt() throws Exception {
        Replica leader = new Replica("leader");
        Awaitility.await().until(leader.writer::isLeading);
        Replica second = new Replica("second");
        Replica third = new Replica("third");
        second.agentHolds(second.offered());
        third.agentHolds("");
        Awaitility.await().untilAsserted(() -> assertThat(programmed("message")).contains("replica third have yet"));
        third.agentHolds(third.offered());
        awaitProgrammed();

        String before = leader.offered();
        cluster.apply(CANARY.formatted("nowhere"));
        for (Replica replica : List.of(leader, second, third)) {
            replica.awaitChange(before);
        }
        leader.agentHolds(leader.offered());
        third.agentHolds(third.offered());
        Awaitility.await().untilAsserted(() -> assertThat(programmed("message")).contains("replica second have yet"));

        // It ends, and takes its agents' answers with it.
        second.close();
        awaitProgrammed();
        assertThat(leases()).hasSize(2);
    }

    @Test
    void aReplicaThatIsGoneWithoutAWordCountsUntilItsLeaseRunsOut() throws Exception {
        cluster.send("POST", "/apis/coordination.k8s.io/v1/namespaces/signalbox/leases", """
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "gone",
                  "namespace": "signalbox", "labels": {"signalbox.io/lease": "config-service-replica"},
                  "annotations": {"signalbox.io/agents": "{\\"agents\\":1,\\"ports\\":{\\"80\\":{}}}"}},
                 "spec": {"holderIdentity": "gone", "renewTime": "2026-01-01T00:00:00.000000Z"}}
                """);
        Replica replica = new Replica("replica", Duration.ofSeconds(3));
        replica.agentHolds(replica.offered());
        Awaitility.await().untilAsserted(() -> assertThat(programmed("message")).contains("replica gone have yet"));
        awaitProgrammed();
    }

    @Test
    void endpointsThatComeAndGoDoNotHoldARouteUp() throws Exception {
        Replica leader = new Replica("leader");
        Replica second = new Replica("second");
        String before = second.offered();
        cluster.apply(Declarations.slice("shop", "catalog", "http", 8080, "10.1.0.1"));
        leader.awaitChange(before);
        second.awaitChange(before);
        leader.agentHolds(leader.offered());
        second.agentHolds(before);
        awaitProgrammed();
    }

    @Test
    void aRefusedGenerationSaysSoAndWhatStaysInForce() throws Exception {
        Replica replica = new Replica("a");
        replica.agentHolds(replica.offered());
        awaitProgrammed();
        assertThat(programmed("observedGeneration")).isEqualTo("1");

        cluster.apply(CANARY.formatted("catalog").replace("backendRefs", "backends"));
        awaitConditions("Accepted False UnsupportedValue", "signalbox.io/Programmed False Invalid");
        assertThat(programmed("observedGeneration")).isEqualTo("2");
        assertThat(programmed("message")).contains("backends").endsWith("generation 1 stays in force");

        // Another one, with which the same is wrong.
        cluster.apply(CANARY.formatted("nowhere").replace("backendRefs", "backends"));
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(programmed("observedGeneration")).isEqualTo("3"));

        cluster.apply(CANARY.formatted("catalog"));
        awaitConditions(
                "Accepted True Accepted", "ResolvedRefs True ResolvedRefs", "signalbox.io/Programmed True Programmed");
        assertThat(programmed("observedGeneration")).isEqualTo("4");
    }

    private void awaitProgrammed() {
        Awaitility.await().untilAsserted(() -> assertThat(programmed("status")).isEqualTo("True"));
    }

    /** A field of the condition of that name, at the only parent. */
    private String programmed(String field) throws IOException {
        for (JsonNode condition : parents().path(0).path("conditions")) {
            if (condition.path("type").asText().equals(Programming.TYPE)) {
                return condition.path(field).asText();
            }
        }
        return "";
    }

    private JsonNode leases() throws IOException {
        return cluster.get("/apis/coordination.k8s.io/v1/namespaces/signalbox/leases"
                        + "?labelSelector=signalbox.io%2Flease%3Dconfig-service-replica")
                .path("items");
    }

    private String holder() throws IOException {
        return cluster.get("/apis/coordination.k8s.io/v1/namespaces/signalbox/leases/" + LeaseTerms.NAME)
                .at("/spec/holderIdentity")
                .asText();
    }

    private List<String> writes() {
        return cluster.requests().stream()
                .filter(request -> request.startsWith("PATCH " + ROUTE))
                .toList();
    }

    @Test
    void oneEventTellsOfARefusedObjectWhoeverLeads() throws Exception {
        cluster.apply(REFUSED);
        Replica first = new Replica("first");
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(cluster.get(EVENTS).path("items")).hasSize(1));
        JsonNode event = cluster.get(EVENTS).path("items").get(0);
        assertThat(event.path("reason").asText()).isEqualTo("Refused");
        assertThat(event.path("type").asText()).isEqualTo("Warning");
        assertThat(event.path("note").asText()).contains("spec.http[0].rote", "did you mean route?");
        assertThat(event.at("/regarding/kind").asText()).isEqualTo("VirtualService");
        assertThat(event.at("/regarding/name").asText()).isEqualTo("wrong");
        assertThat(event.at("/regarding/uid").asText()).isNotEmpty();

        first.close();
        Replica second = new Replica("second");
        Awaitility.await().until(second.writer::isLeading);
        Awaitility.await()
                .untilAsserted(() -> assertThat(cluster.requests())
                        .filteredOn(request -> request.startsWith("POST " + EVENTS))
                        .hasSize(2));
        assertThat(cluster.get(EVENTS).path("items")).hasSize(1);
    }
}
