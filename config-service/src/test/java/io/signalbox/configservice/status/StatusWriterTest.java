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
        private final KubernetesSource source =
                new KubernetesSource(cluster.client(), List.of(), Pace.DEFAULT, System::nanoTime);
        private final Pipeline pipeline = new Pipeline(
                source,
                new Compiler("cluster.local"),
                new SnapshotStore(),
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
            writer = new StatusWriter(
                    cluster.client(),
                    new LeaseTerms(
                            "signalbox", name, Duration.ofSeconds(60), Duration.ofSeconds(50), Duration.ofMillis(100)),
                    pipeline::state,
                    agents::get,
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

    private static AgentView agent(String held, String published, String refused) {
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
                List.of(new AgentView.Port(80, held, published, refused, 0)));
    }

    @Test
    void aRouteSaysWhatWasDecidedAndWhetherAgentsServeByIt() throws Exception {
        Replica replica = new Replica("a");
        awaitConditions(
                "Accepted True Accepted", "ResolvedRefs True ResolvedRefs", "signalbox.io/Programmed False Pending");

        replica.agents.set(List.of(agent("1", "2", "")));
        replica.agents.set(List.of(agent("2", "2", "")));
        awaitConditions(
                "Accepted True Accepted", "ResolvedRefs True ResolvedRefs", "signalbox.io/Programmed True Programmed");

        // Later changes of the port, such as endpoints, are not the route's.
        String written = cluster.get(ROUTE).at("/metadata/resourceVersion").asText();
        replica.agents.set(List.of(agent("2", "3", "")));
        cluster.apply(CANARY.formatted("nowhere"));
        awaitConditions(
                "Accepted True Accepted",
                "ResolvedRefs False BackendNotFound",
                "signalbox.io/Programmed False Pending");
        assertThat(cluster.get(ROUTE).at("/metadata/resourceVersion").asText()).isNotEqualTo(written);

        replica.agents.set(List.of(agent("2", "3", "cannot be served")));
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
        second.agents.set(List.of(agent("2", "2", "")));
        awaitConditions(
                "Accepted True Accepted", "ResolvedRefs True ResolvedRefs", "signalbox.io/Programmed True Programmed");
        assertThat(writes()).hasSize(2);
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
