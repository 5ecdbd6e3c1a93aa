package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two callers on one node get different answers to the same request, each by its own namespace, labels and Sidecar. */
class CallersIT {
    private static CapturedNode node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = CapturedNode.create(CallersIT.class)
                .backend("--http", "shop-catalog", "10.98.0.1:80")
                .backend("--http", "other-catalog", "10.98.0.2:80")
                .backend("--http", "hidden", "10.98.0.3:80")
                .backend("--http", "outside", "10.97.0.1:80")
                .backend("--banner", "outside-tcp", "10.97.0.1:5432");
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "catalog", "10.96.0.10", "http", 80),
                        Manifests.endpoints("shop", "catalog", "http", 80, "10.98.0.1 v1"),
                        Manifests.service("other", "catalog", "10.96.0.11", "http", 80),
                        Manifests.endpoints("other", "catalog", "http", 80, "10.98.0.2 v1"),
                        """
                apiVersion: v1
                kind: Service
                metadata: {name: hidden, namespace: shop, annotations: {networking.istio.io/exportTo: "."}}
                spec:
                  clusterIP: 10.96.0.12
                  ports: [{name: http, port: 80}]
                """,
                        Manifests.endpoints("shop", "hidden", "http", 80, "10.98.0.3 v1"),
                        """
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: other}
                spec:
                  egress: [{hosts: ["./*"]}]
                  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: catalog, namespace: shop}
                spec:
                  hosts: [catalog]
                  http:
                  - match: [{sourceLabels: {app: storefront}, uri: {prefix: /special}}]
                    directResponse: {status: 299}
                  - route: [{destination: {host: catalog}}]
                """));
        node.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void aBareNameMeansTheServiceOfTheCallersNamespace() throws IOException, InterruptedException {
        String[] request = {"-H", "Host: catalog", "http://10.97.0.1/"};
        assertThat(node.curl(request).output()).containsIgnoringCase("x-endpoint: shop-catalog");
        assertThat(node.curlFrom(CapturedNode.OTHER, request).output())
                .containsIgnoringCase("x-endpoint: other-catalog");
    }

    @Test
    void aServiceThatIsExportedToItsOwnNamespaceExistsOnlyThere() throws IOException, InterruptedException {
        String[] request = {"-H", "Host: hidden.shop", "http://10.97.0.1/"};
        assertThat(node.curl(request).output()).containsIgnoringCase("x-endpoint: hidden");
        assertThat(node.curlFrom(CapturedNode.OTHER, request).output()).contains("502");
    }

    @Test
    void aSidecarHidesWhatItDoesNotImport() throws IOException, InterruptedException {
        assertThat(node.curlFrom(CapturedNode.OTHER, "-H", "Host: catalog.shop", "http://10.96.0.10/")
                        .output())
                .startsWith("HTTP/1.1 502");
    }

    @Test
    void registryOnlyClosesOpaqueTrafficThatNothingMatches() throws IOException, InterruptedException {
        assertThat(node.firstLine(CapturedNode.SHOP, "10.97.0.1", 5432)).isEqualTo("outside-tcp");
        assertThat(node.firstLine(CapturedNode.OTHER, "10.97.0.1", 5432)).doesNotContain("outside");
    }

    @Test
    void aRuleForSomeLabelsIsForCallersThatHaveThem() throws IOException, InterruptedException {
        assertThat(node.curl("-H", "Host: catalog.shop", "http://10.96.0.10/special")
                        .output())
                .startsWith("HTTP/1.1 299");
    }
}
