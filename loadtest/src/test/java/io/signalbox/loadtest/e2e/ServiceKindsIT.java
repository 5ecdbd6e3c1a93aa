package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of service, reached as its clients reach it. */
class ServiceKindsIT {
    private static CapturedNode node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = CapturedNode.create(ServiceKindsIT.class)
                .backend("--http", "catalog-1", "10.98.0.1:80")
                .backend("--http", "catalog-2", "10.98.0.2:80")
                .backend("--banner", "store-1", "10.98.1.1:9042")
                .backend("--banner", "store-2", "10.98.1.2:9042")
                .backend("--http", "web-1", "10.98.2.1:80")
                .backend("--http", "web-2", "10.98.2.2:80")
                .backend("--http", "outside", "10.97.0.1:80")
                .backend("--banner", "outside-tcp", "10.97.0.1:5432")
                .backend("--http", "partner-1", "10.98.3.1:8443")
                .backend("--banner", "vault-1", "10.98.4.1:7000")
                .backend("--banner", "wide-1", "10.98.5.1:7001");
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 80, "10.98.0.1 v1", "10.98.0.2 v1"),
                        Manifests.service("shop", "store", "None", "tcp", 9042),
                        Manifests.endpoints("shop", "store", "tcp", 9042, "10.98.1.1 v1", "10.98.1.2 v1"),
                        Manifests.service("shop", "web", "None", "http", 80),
                        Manifests.endpoints("shop", "web", "http", 80, "10.98.2.1 v1", "10.98.2.2 v1"),
                        """
                apiVersion: v1
                kind: Service
                metadata: {name: products, namespace: other}
                spec:
                  type: ExternalName
                  externalName: catalog.shop.svc.cluster.local
                """,
                        """
                apiVersion: v1
                kind: Service
                metadata: {name: lost, namespace: other}
                spec:
                  type: ExternalName
                  externalName: nobody.example
                """,
                        """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: partner, namespace: shop}
                spec:
                  hosts: [api.partner.example]
                  location: MESH_EXTERNAL
                  resolution: STATIC
                  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8443}]
                  endpoints: [{address: 10.98.3.1}]
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: vault, namespace: shop}
                spec:
                  hosts: [vault.example]
                  addresses: [10.96.9.0/24]
                  resolution: STATIC
                  ports: [{number: 7000, name: tcp, protocol: TCP}]
                  endpoints: [{address: 10.98.4.1}]
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: wide, namespace: shop}
                spec:
                  hosts: [wide.example]
                  resolution: STATIC
                  ports: [{number: 7001, name: tcp, protocol: TCP}]
                  endpoints: [{address: 10.98.5.1}]
                """));
        node.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest(name = "pod {0} of a headless TCP service")
    @CsvSource({"10.98.1.1, store-1", "10.98.1.2, store-2"})
    void aHeadlessTcpServiceLeadsToTheVeryPodThatWasDialled(String pod, String name)
            throws IOException, InterruptedException {
        assertThat(node.firstLine(CapturedNode.SHOP, pod, 9042)).isEqualTo(name);
    }

    @ParameterizedTest(name = "Host {0} at pod {1}")
    @CsvSource({"web, 10.98.2.1, web-1", "web.shop, 10.98.2.2, web-2", "web-0.web.shop, 10.98.2.2, web-2"})
    void aHeadlessHttpServiceGoesByHostToTheDialledPod(String host, String pod, String name)
            throws IOException, InterruptedException {
        assertThat(node.curl("-H", "Host: " + host, "http://" + pod + "/").output())
                .contains("200")
                .endsWith(name + "\n");
    }

    @ParameterizedTest(name = "Host {0}")
    @CsvSource({"products.other", "products.other.svc.cluster.local", "products.other.svc.cluster.local."})
    void anExternalNameIsAnotherNameOfItsTarget(String host) throws IOException, InterruptedException {
        assertThat(node.curl("-H", "Host: " + host, "http://10.97.0.1/").output())
                .containsIgnoringCase("x-endpoint: catalog-");
    }

    @Test
    void theShortFormOfAnExternalNameIsForItsOwnNamespace() throws IOException, InterruptedException {
        assertThat(node.curlFrom(CapturedNode.OTHER, "-H", "Host: products", "http://10.97.0.1/")
                        .output())
                .containsIgnoringCase("x-endpoint: catalog-");
        assertThat(node.curl("-H", "Host: products", "http://10.97.0.1/").output())
                .containsIgnoringCase("x-endpoint: outside");
    }

    @Test
    void anExternalNameOfAnUnknownTargetIsUnmatched() throws IOException, InterruptedException {
        assertThat(node.curl("-H", "Host: lost.other", "http://10.97.0.1/").output())
                .containsIgnoringCase("x-endpoint: outside");
    }

    @Test
    void aServiceEntryWithoutAddressesTakesItsHostAtAnyAddress() throws IOException, InterruptedException {
        assertThat(node.curl("-H", "Host: api.partner.example", "http://10.97.0.1/")
                        .output())
                .containsIgnoringCase("x-endpoint: partner-1");
    }

    @Test
    void aServiceEntryWithARangeTakesEveryAddressInIt() throws IOException, InterruptedException {
        assertThat(node.firstLine(CapturedNode.SHOP, "10.96.9.17", 7000)).isEqualTo("vault-1");
    }

    @Test
    void aTcpServiceEntryWithoutAddressesTakesItsPortAtEveryAddressAndIsReported()
            throws IOException, InterruptedException {
        assertThat(node.firstLine(CapturedNode.SHOP, "10.97.0.1", 7001)).isEqualTo("wide-1");
        assertThat(node.rest("/v1/problems").toString()).contains("wide").contains("7001");
    }

    @Test
    void whatNothingMatchesGoesToItsOriginalDestination() throws IOException, InterruptedException {
        assertThat(node.curl("-H", "Host: www.elsewhere.example", "http://10.97.0.1/")
                        .output())
                .containsIgnoringCase("x-endpoint: outside")
                .containsIgnoringCase("x-seen-host: www.elsewhere.example");
        assertThat(node.firstLine(CapturedNode.SHOP, "10.97.0.1", 5432)).isEqualTo("outside-tcp");
    }
}
