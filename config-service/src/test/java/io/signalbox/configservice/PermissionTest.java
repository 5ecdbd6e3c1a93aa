package io.signalbox.configservice;

import static io.signalbox.configservice.testkit.Declarations.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.signalbox.configservice.identity.ServiceAccount;
import io.signalbox.configservice.source.manifest.ManifestReader;
import io.signalbox.configservice.source.manifest.ResourceKind;
import io.signalbox.configservice.testkit.AgentStream;
import io.signalbox.configservice.testkit.FakeAgent;
import io.signalbox.configservice.testkit.TestCluster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArraySet;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says that it asks an API server for is what it asks for, no less and no more. */
class PermissionTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAMESPACE = "signalbox";
    private static final String CA = "/api/v1/namespaces/" + NAMESPACE + "/configmaps/signalbox-config-ca";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final Set<Asked> asked = new CopyOnWriteArraySet<>();

    @Test
    void isAskedForNoLessAndNoMore() throws Exception {
        try (TestCluster cluster = new TestCluster()) {
            cluster.defineAll();
            cluster.script(this::record);
            cluster.apply(service("shop", "catalog", "10.0.0.1", "http", 80));
            declareEveryKind(cluster);
            try (ConfigService service = start(cluster, List.of("127.0.0.1"))) {
                connectAgent(service, cluster);
                // The others come with a renewal, and at the end.
                awaitAllUsedBut("configmaps update", "leases delete", "secrets update");
            }
            // A replica that is known by one more name renews the certificate, and tells anew whom to trust.
            cluster.send("PUT", CA, cluster.get(CA).toString().replace("BEGIN CERTIFICATE", "BEGIN NOTHING"));
            try (ConfigService service = start(cluster, List.of("127.0.0.1", "localhost"))) {
                assertThat(service.grpcPort()).isPositive();
            }
            awaitAllUsedBut();

            assertThat(asked)
                    .filteredOn(one -> Permission.ALL.stream().noneMatch(one::isGrantedBy))
                    .isEmpty();
        }
    }

    private void awaitAllUsedBut(String... others) {
        Awaitility.await()
                .atMost(DEADLINE)
                .untilAsserted(() -> assertThat(unused()).isSubsetOf(others));
    }

    private Set<String> unused() {
        Set<String> unused = new TreeSet<>();
        for (Permission permission : Permission.ALL) {
            for (String verb : permission.verbs()) {
                if (asked.stream().noneMatch(one -> one.verb.equals(verb) && one.isGrantedBy(permission))) {
                    unused.add(permission.resource() + " " + verb);
                }
            }
        }
        return unused;
    }

    private static void declareEveryKind(TestCluster cluster) throws IOException {
        for (ResourceKind kind : ManifestReader.kinds()) {
            // Refused by its name, if not by what is in it.
            cluster.apply("""
                    apiVersion: %s
                    kind: %s
                    metadata: {namespace: shop, name: NOT_A_NAME}
                    spec: wrong
                    """.formatted(kind.apiVersion(kind.versions().getFirst()), kind.kind()));
        }
        for (String route : List.of("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute")) {
            cluster.apply("""
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: %s
                    metadata: {namespace: shop, name: catalog, generation: 1}
                    spec:
                      parentRefs: [{group: "", kind: Service, name: catalog, port: 80}]
                      rules: [{backendRefs: [{name: catalog, port: 80}]}]
                    """.formatted(route));
        }
    }

    private ConfigService start(TestCluster cluster, List<String> names) throws IOException {
        ConfigService service = ConfigService.build(new ServiceConfig(
                new SourceOptions.Kubernetes(cluster.kubeconfig(directory), List.of(), true, ""),
                0,
                InetAddress.getLoopbackAddress(),
                0,
                Optional.empty(),
                InetAddress.getLoopbackAddress(),
                new StreamSecurity(
                        new StreamSecurity.SelfSigned(names),
                        new StreamSecurity.TokenProof(
                                "signalbox-config", new ServiceAccount(NAMESPACE, "signalbox-agent"))),
                "replica-0",
                "cluster.local",
                "plain",
                "info",
                Duration.ofSeconds(30)));
        service.start();
        return service;
    }

    private static void connectAgent(ConfigService service, TestCluster cluster) throws Exception {
        String pem = cluster.get(CA).path("data").path("ca.crt").asText();
        X509Certificate trusted = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)));
        try (AgentStream stream = AgentStream.overTls(service.grpcPort(), trusted, "Bearer node-1")
                .hello("node-1", new FakeAgent())) {
            stream.ack(stream.nextPush());
        }
    }

    /** Notes what the program asks; the test's own requests come from another client. */
    private @Nullable MockResponse record(RecordedRequest request) {
        String client = request.getHeader("User-Agent");
        if (client == null || !client.startsWith("fabric8")) {
            return null;
        }
        Asked.of(request).ifPresent(asked::add);
        return TestCluster.path(request).endsWith("/tokenreviews") ? review(request) : null;
    }

    private static MockResponse review(RecordedRequest request) {
        try {
            return new MockResponse().setResponseCode(201).setBody("""
                    {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {}, "status": {
                      "authenticated": true, "audiences": ["signalbox-config"], "user": {
                        "username": "system:serviceaccount:signalbox:signalbox-agent",
                        "extra": {"authentication.kubernetes.io/node-name": ["%s"]}}}}
                    """.formatted(
                            JSON.readTree(request.getBody().readUtf8())
                                    .at("/spec/token")
                                    .asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A request, as roles see it.
     *
     * @param namespace empty: all, or none
     * @param name empty: many objects, or one whose name is in the body
     */
    private record Asked(String group, String resource, String namespace, String name, String verb) {
        /** Empty for what everybody may ask: which kinds are served. */
        static Optional<Asked> of(RecordedRequest request) {
            List<String> path = new ArrayList<>(
                    List.of(TestCluster.path(request).substring(1).split("/", -1)));
            String group = path.getFirst().equals("api") ? "" : path.size() > 1 ? path.get(1) : "";
            List<String> rest = new ArrayList<>(
                    path.subList(Math.min(path.size(), path.getFirst().equals("api") ? 2 : 3), path.size()));
            if (rest.isEmpty()) {
                return Optional.empty();
            }
            String namespace = "";
            if (rest.getFirst().equals("namespaces") && rest.size() > 2) {
                namespace = rest.get(1);
                rest = rest.subList(2, rest.size());
            }
            String name = rest.size() > 1 ? rest.get(1) : "";
            String resource = rest.getFirst() + (rest.size() > 2 ? "/" + rest.get(2) : "");
            String verb = switch (request.getMethod()) {
                case "GET" -> !name.isEmpty() ? "get" : request.getPath().contains("watch=true") ? "watch" : "list";
                case "POST" -> "create";
                case "PUT" -> "update";
                default -> request.getMethod().toLowerCase(Locale.ROOT);
            };
            return Optional.of(new Asked(group, resource, namespace, name, verb));
        }

        boolean isGrantedBy(Permission permission) {
            return permission.group().equals(group)
                    && permission.resource().equals(resource)
                    && permission.verbs().contains(verb)
                    && (permission.name().isEmpty() || permission.name().equals(name))
                    && (!permission.inOwnNamespace() || namespace.equals(NAMESPACE));
        }
    }
}
