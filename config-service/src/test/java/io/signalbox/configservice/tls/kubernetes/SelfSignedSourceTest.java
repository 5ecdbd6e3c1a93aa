package io.signalbox.configservice.tls.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.signalbox.configservice.tls.ServingCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replicas that agree on a certificate through an API server. */
class SelfSignedSourceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> NAMES = List.of("signalbox-config.signalbox.svc", "127.0.0.1");

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private KubernetesClient client;
    private volatile Instant now = START;

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient(new JdkHttpClientFactory());
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    private SelfSignedSource replica(List<String> names) {
        return new SelfSignedSource(client, "signalbox", names, Duration.ofMillis(20), () -> now);
    }

    private ServingCertificate load() throws IOException {
        try (SelfSignedSource replica = replica(NAMES)) {
            return replica.load();
        }
    }

    private String published() {
        return client.configMaps()
                .inNamespace("signalbox")
                .withName(SelfSignedSource.CONFIG_MAP)
                .get()
                .getData()
                .getOrDefault("ca.crt", "");
    }

    @Test
    void replicasThatStartTogetherServeTheSame() throws Exception {
        List<Future<ServingCertificate>> starting;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            starting = List.of(threads.submit(this::load), threads.submit(this::load), threads.submit(this::load));
        }

        ServingCertificate first = starting.get(0).get();
        for (Future<ServingCertificate> other : starting) {
            assertThat(other.get()).isEqualTo(first);
        }
        ServingCertificate ca =
                ServingCertificate.ofPem(published(), decoded(secret()).getOrDefault(SelfSigned.CA_KEY, ""));
        first.leaf().verify(ca.leaf().getPublicKey());
        assertThat(load()).as("of one that starts later").isEqualTo(first);
    }

    private Secret secret() {
        return client.secrets()
                .inNamespace("signalbox")
                .withName(SelfSignedSource.SECRET)
                .get();
    }

    private static Map<String, String> decoded(Secret secret) {
        Map<String, String> decoded = new HashMap<>();
        secret.getData()
                .forEach((key, value) ->
                        decoded.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.ISO_8859_1)));
        return decoded;
    }

    @Test
    void allReplicasTakeARenewedCertificate() throws Exception {
        try (SelfSignedSource first = replica(NAMES);
                SelfSignedSource second = replica(NAMES)) {
            ServingCertificate old = first.load();
            second.load();
            String trusted = published();
            BlockingQueue<ServingCertificate> ofFirst = new LinkedBlockingQueue<>();
            BlockingQueue<ServingCertificate> ofSecond = new LinkedBlockingQueue<>();
            first.watch(ofFirst::add);
            second.watch(ofSecond::add);

            now = START.plus(SelfSigned.LIFE).minus(SelfSigned.RENEWAL);

            assertThat(next(ofFirst, old)).isEqualTo(next(ofSecond, old));
            assertThat(published()).isEqualTo(trusted);
        }
    }

    private static ServingCertificate next(BlockingQueue<ServingCertificate> changes, ServingCertificate old)
            throws InterruptedException {
        ServingCertificate next = old;
        while (next.equals(old)) {
            next = changes.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("a certificate").isNotNull();
        }
        return next;
    }

    @Test
    void agentsKnowTheNextAuthorityBeforeItSigns() {
        SelfSigned held = SelfSigned.create(NAMES, START);
        Instant late = START.plus(SelfSigned.CA_LIFE).minus(SelfSigned.CA_RENEWAL);
        SelfSigned fresh = held.next(NAMES, late);
        assertThat(fresh.authority()).isEqualTo(held.authority());
        assertThat(fresh.serving()).isNotEqualTo(held.serving());

        SelfSigned next = fresh.next(NAMES, late);
        assertThat(next.serving()).isEqualTo(fresh.serving());
        assertThat(next.trusted())
                .containsExactly(
                        next.authority().certificate(), held.authority().certificate());
        assertThat(next.authority()).isNotEqualTo(held.authority());
        assertThat(next.next(NAMES, late)).isEqualTo(next);
    }

    @Test
    void itSurvivesBeingWritten() throws IOException {
        SelfSigned held = SelfSigned.create(NAMES, START);

        assertThat(SelfSigned.of(held.data())).isEqualTo(held);
    }

    @Test
    void aNewNameIsAddedToThoseOfOtherReplicas() throws IOException {
        ServingCertificate old = load();
        try (SelfSignedSource other = replica(List.of("config.example"))) {
            ServingCertificate both = other.load();
            assertThat(both).isNotEqualTo(old);
            assertThat(load()).isEqualTo(both);
        }
    }

    @Test
    void aSecretThatCannotBeReadIsNotReplaced() {
        Secret foreign = new SecretBuilder()
                .withNewMetadata()
                .withName(SelfSignedSource.SECRET)
                .withNamespace("signalbox")
                .endMetadata()
                .addToData("tls.crt", "")
                .build();
        client.secrets().inNamespace("signalbox").resource(foreign).create();

        assertThatThrownBy(this::load)
                .isInstanceOf(IOException.class)
                .hasMessage("Secret signalbox/signalbox-config-tls: no private key (expected: PEM, not encrypted);"
                        + " delete it to have a new one made");
    }
}
