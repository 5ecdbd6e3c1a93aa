package io.signalbox.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS that the agent does not end: connections go by address, by server name, and by the TLS rules. */
class TlsRoutingIT {
    private static final String OUTSIDE = "10.97.0.1";
    private static final String ELSEWHERE = "10.97.1.1";

    private static CapturedNode node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = CapturedNode.create(TlsRoutingIT.class)
                .backend("--tls", "gateway", "10.98.0.1:8443")
                .backend("--tls", "vault", "10.98.1.1:443")
                .backend("--tls", "readonly", "10.98.1.2:443")
                .backend("--tls", "bank", "10.98.2.1:8443")
                .backend("--tls", "shard-any", "10.98.3.1:443")
                .backend("--tls", "shard-eu", "10.98.3.2:443")
                .backend("--tls", "shard-east", "10.98.3.3:443")
                .backend("--tls", "outside", OUTSIDE + ":443")
                .backend("--tls", "elsewhere", ELSEWHERE + ":443")
                // What an agent must pass through to a service's own address, nobody else would answer.
                .backend("--tls", "vault-itself", "10.96.0.21:443");
        node.write(
                "registry.yaml",
                Manifests.all(
                        Manifests.service("shop", "gateway", "10.96.0.20", "https", 443),
                        Manifests.endpoints("shop", "gateway", "https", 8443, "10.98.0.1 v1"),
                        Manifests.service("shop", "vault", "10.96.0.21", "tls-api", 443),
                        Manifests.endpoints("shop", "vault", "tls-api", 443, "10.98.1.1 v1"),
                        Manifests.service("shop", "readonly", "10.96.0.22", "tls-api", 443),
                        Manifests.endpoints("shop", "readonly", "tls-api", 443, "10.98.1.2 v1"),
                        """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: vault, namespace: shop}
                spec:
                  hosts: [vault.shop.svc.cluster.local]
                  tls:
                  - match: [{port: 443, sniHosts: [vault.shop.svc.cluster.local], sourceLabels: {app: storefront}}]
                    route: [{destination: {host: readonly}}]
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: bank, namespace: shop}
                spec:
                  hosts: [pay.bank.example]
                  resolution: STATIC
                  ports: [{number: 443, name: https, protocol: HTTPS, targetPort: 8443}]
                  endpoints: [{address: 10.98.2.1}]
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: media, namespace: shop}
                spec:
                  hosts: ["*.media.example"]
                  resolution: NONE
                  ports: [{number: 443, name: tls, protocol: TLS}]
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: payments, namespace: other}
                spec: {type: ExternalName, externalName: pay.bank.example}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: shards, namespace: shop}
                spec:
                  hosts: ["*.shards.example"]
                  addresses: [10.97.1.0/24]
                  resolution: STATIC
                  ports: [{number: 443, name: tls, protocol: TLS}]
                  endpoints: [{address: 10.98.3.1}]
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: shard-eu, namespace: shop}
                spec:
                  hosts: [eu.internal]
                  resolution: STATIC
                  ports: [{number: 443, name: tls, protocol: TLS}]
                  endpoints: [{address: 10.98.3.2}]
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: shard-east, namespace: shop}
                spec:
                  hosts: [east.internal]
                  resolution: STATIC
                  ports: [{number: 443, name: tls, protocol: TLS}]
                  endpoints: [{address: 10.98.3.3}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: shards, namespace: shop}
                spec:
                  hosts: ["*.shards.example"]
                  tls:
                  - match: [{sniHosts: ["*.shards.example"]}]
                    route: [{destination: {host: "*.shards.example"}}]
                  - match: [{sniHosts: ["*.eu.shards.example"]}]
                    route: [{destination: {host: eu.internal}}]
                  - match: [{sniHosts: ["*.shards.example"], destinationSubnets: [10.97.1.128/25]}]
                    route: [{destination: {host: east.internal}}]
                """));
        node.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"gateway.shop.svc.cluster.local", "pay.bank.example", "anything.example"})
    void aServiceWithAnAddressGoesByThatWhateverTheServerName(String sni) throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.SHOP, sni, "10.96.0.20")).isEqualTo("gateway");
    }

    @Test
    void aServiceWithAnAddressNeedsNoServerName() throws IOException, InterruptedException {
        // curl sends no server name for an address.
        assertThat(node.curl("-k", "https://10.96.0.20/").output()).containsIgnoringCase("x-endpoint: gateway");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"pay.bank.example", "PAY.Bank.example"})
    void aServiceWithoutAddressesGoesByServerName(String sni) throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.SHOP, sni, OUTSIDE)).isEqualTo("bank");
    }

    @Test
    void aWildcardWithoutResolutionGoesToWhereItWasDialled() throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.SHOP, "img.eu.media.example", OUTSIDE)).isEqualTo("outside");
        assertThat(explained("img.eu.media.example", OUTSIDE)).contains("*.media.example");
        assertThat(explained("media.example", OUTSIDE)).doesNotContain("*.media.example");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"payments.other", "payments.other.svc", "payments.other.svc.cluster.local"})
    void anExternalNameIsAnotherServerNameOfItsTarget(String sni) throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.SHOP, sni, OUTSIDE)).isEqualTo("bank");
    }

    @Test
    void theShortFormOfAnExternalNameIsForItsOwnNamespace() throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.OTHER, "payments", OUTSIDE)).isEqualTo("bank");
        assertThat(answerer(CapturedNode.SHOP, "payments", OUTSIDE)).isEqualTo("outside");
    }

    @Test
    void aRuleAtAnAddressTakesItsServerName() throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.SHOP, "vault.shop.svc.cluster.local", "10.96.0.21"))
                .isEqualTo("readonly");
    }

    @Test
    void anotherServerNameAtAnAddressWithRulesIsUnmatched() throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.SHOP, "vault.shop", "10.96.0.21")).isEqualTo("vault-itself");
    }

    @Test
    void aRuleForOtherCallersLeavesTheDefault() throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.OTHER, "vault.shop.svc.cluster.local", "10.96.0.21"))
                .isEqualTo("vault");
        assertThat(answerer(CapturedNode.OTHER, "vault.shop", "10.96.0.21")).isEqualTo("vault");
    }

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({
        "a.shards.example, 10.97.1.1, shard-any",
        "a.eu.shards.example, 10.97.1.1, shard-eu",
        "a.shards.example, 10.97.1.129, shard-east",
        // The subnet is compared before the name.
        "a.eu.shards.example, 10.97.1.129, shard-east",
        "shards.example, 10.97.1.1, elsewhere",
    })
    void theMostParticularRuleWins(String sni, String address, String endpoint)
            throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.SHOP, sni, address)).isEqualTo(endpoint);
    }

    @Test
    void anUnknownServerNamePassesThrough() throws IOException, InterruptedException {
        assertThat(answerer(CapturedNode.SHOP, "www.elsewhere.example", OUTSIDE))
                .isEqualTo("outside");
        assertThat(node.curl("-k", "https://" + OUTSIDE + "/").output()).containsIgnoringCase("x-endpoint: outside");
    }

    /** Who ends the TLS of a connection with that server name to that address. */
    private static String answerer(String caller, String sni, String address) throws IOException, InterruptedException {
        String output = node.curlFrom(
                        caller, "-k", "--connect-to", sni + ":443:" + address + ":443", "https://" + sni + "/")
                .output();
        return output.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("x-endpoint: "))
                .map(line -> line.substring("x-endpoint: ".length()).strip())
                .findFirst()
                .orElse(output);
    }

    private static String explained(String sni, String address) throws IOException, InterruptedException {
        return node.post("/v1/explain", """
                {"request": {"source": {"namespace": "shop"}, "destination": "%s:443", "protocol": "tls",
                             "tls": {"sni": "%s"}}}
                """.formatted(address, sni))
                .path("frontend")
                .toString();
    }
}
