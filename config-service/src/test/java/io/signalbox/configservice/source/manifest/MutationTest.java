package io.signalbox.configservice.source.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.signalbox.configservice.testkit.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stands in a manifest: reading and validating it ends with problems, never with an exception. */
class MutationTest {
    private static final int ROUNDS = 150;
    private static final String[] TEXTS = {
        "",
        "*",
        "~",
        "a",
        "*.a",
        "a/b",
        "-",
        "10.0.0.0/8",
        "::1",
        "%",
        "%a%",
        "(",
        "a{1000}",
        "\u0000",
        "1s",
        "-5s",
        "99999999999h",
        "REGEX",
        "unix://",
        "unix:///",
        "x".repeat(300),
        "ä",
        "𝄞",
        "None",
        "true",
        "0",
        "a,b,,c",
        "//",
        "a//b/c/d"
    };
    private static final YAMLMapper YAML = new YAMLMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                """
                {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a, namespace: b, labels: {c: d},
                 creationTimestamp: '2026-01-31T12:00:00Z', generation: 5}, spec: {hosts: [a, '*.b.c'], gateways: [mesh],
                 exportTo: ['.'], http: [{name: x, match: [{name: m, uri: {prefix: /}, scheme: {exact: http}, method: {regex: 'G.*'},
                 authority: {suffix: .a}, headers: {h: {exact: v}}, withoutHeaders: {g: {}}, queryParams: {q: {exact: v}}, port: 80,
                 sourceLabels: {a: b}, sourceNamespace: n, gateways: [mesh], ignoreUriCase: true, statPrefix: s}],
                 route: [{destination: {host: h, subset: s, port: {number: 80}}, weight: 5, headers: {request: {set: {a: b}}}}],
                 rewrite: {uri: /, authority: a}, timeout: 5s, retries: {attempts: 2, perTryTimeout: 1s, retryOn: '5xx,503', backoff: 5ms,
                 retryRemoteLocalities: true, retryIgnorePreviousHosts: false}, fault: {delay: {fixedDelay: 1s, percentage: {value: 5}},
                 abort: {httpStatus: 500, percentage: {value: 5}}}, mirror: {host: m}, mirrorPercentage: {value: 5},
                 corsPolicy: {allowOrigins: [{exact: a}], allowMethods: [GET], allowHeaders: [a], exposeHeaders: [b], maxAge: 5s,
                 allowCredentials: true, unmatchedPreflights: IGNORE}, headers: {response: {add: {a: b}, remove: [c]}}},
                 {redirect: {uri: /, port: 80, redirectCode: 301}}, {directResponse: {status: 200, body: {bytes: aaaa}}},
                 {delegate: {name: d, namespace: e}}],
                 tls: [{match: [{sniHosts: [a], destinationSubnets: [10.0.0.0/8], port: 1}], route: [{destination: {host: a}}]}],
                 tcp: [{match: [{port: 1}], route: [{destination: {host: a}, weight: 1}]}]}}
                """,
                """
                {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a}, spec: {host: a, exportTo: [b],
                 workloadSelector: {matchLabels: {a: b}}, subsets: [{name: s, labels: {a: b}, trafficPolicy: {tls: {mode: SIMPLE}}}],
                 trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: c, path: /, ttl: 5s}, maglev: {tableSize: 101}},
                 localityLbSetting: {enabled: true, distribute: [{from: a/b, to: {c: 40, d: 60}}], failover: [{from: a, to: b}],
                 failoverPriority: [a]}, warmup: {duration: 5s, minimumPercent: 5, aggression: 2}},
                 connectionPool: {tcp: {maxConnections: 5, connectTimeout: 5s, tcpKeepalive: {probes: 5, time: 5s}},
                 http: {http1MaxPendingRequests: 5, idleTimeout: 5s, h2UpgradePolicy: DEFAULT}},
                 outlierDetection: {consecutive5xxErrors: 5, interval: 5s, maxEjectionPercent: 5},
                 tls: {mode: MUTUAL, clientCertificate: a, privateKey: b, subjectAltNames: [c], insecureSkipVerify: false},
                 retryBudget: {percent: 5, minRetryConcurrency: 5}, portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: RANDOM}}]}}}
                """,
                """
                {apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: a}, spec: {hosts: [a.b], addresses: [10.0.0.0/8],
                 ports: [{number: 80, name: a, protocol: HTTP, targetPort: 81}], location: MESH_INTERNAL, resolution: STATIC,
                 endpoints: [{address: 10.0.0.1, ports: {a: 5}, labels: {a: b}, network: n, locality: a/b/c, weight: 5}],
                 workloadSelector: {labels: {a: b}}, exportTo: ['*'], subjectAltNames: [c]}}
                """,
                """
                {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a}, spec: {address: 10.0.0.1, ports: {a: 5},
                 labels: {a: b}, network: n, locality: a/b/c, weight: 5, serviceAccount: s}}
                """,
                """
                {apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: a}, spec: {workloadSelector: {labels: {a: b}},
                 egress: [{port: {number: 80, protocol: HTTP, name: a}, bind: 0.0.0.0, captureMode: NONE, hosts: ['a/*']}, {hosts: ['*/*']}],
                 outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: a.b, port: {number: 5}}}}}
                """,
                """
                {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: {hostnames: [a.b],
                 parentRefs: [{group: '', kind: Service, name: a, port: 80}], rules: [{name: r,
                 matches: [{path: {type: Exact, value: /}, headers: [{name: a, value: b}], queryParams: [{name: a, value: b}], method: GET}],
                 filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}], remove: [c]}},
                 {type: RequestMirror, requestMirror: {backendRef: {name: b, port: 80}, fraction: {numerator: 1, denominator: 5}}},
                 {type: URLRewrite, urlRewrite: {hostname: a, path: {type: ReplaceFullPath, replaceFullPath: /}}},
                 {type: CORS, cors: {allowOrigins: [a], maxAge: 5}}],
                 backendRefs: [{name: b, port: 80, weight: 5, filters: []}], timeouts: {request: 5s, backendRequest: 1s},
                 retry: {codes: [500], attempts: 2, backoff: 5ms}}]}}
                """,
                """
                {apiVersion: gateway.networking.k8s.io/v1, kind: GRPCRoute, metadata: {name: a}, spec: {parentRefs: [{name: a}],
                 rules: [{matches: [{method: {type: Exact, service: a, method: b}, headers: [{name: a, value: b}]}],
                 filters: [{type: ExtensionRef, extensionRef: {name: a}}], backendRefs: [{name: b, port: 80}]}]}}
                """,
                """
                {apiVersion: gateway.networking.k8s.io/v1alpha2, kind: TLSRoute, metadata: {name: a}, spec: {hostnames: [a.b],
                 parentRefs: [{name: a}], rules: [{name: r, backendRefs: [{name: b, port: 80}]}]}}
                """,
                """
                {apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {name: a},
                 spec: {from: [{group: a, kind: b, namespace: c}], to: [{group: '', kind: Service, name: d}]}}
                """,
                """
                {apiVersion: v1, kind: Service, metadata: {name: a, annotations: {networking.istio.io/exportTo: '*'}},
                 spec: {type: NodePort, clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1], externalIPs: [10.0.0.2], externalName: a.b,
                 selector: {a: b}, publishNotReadyAddresses: true, internalTrafficPolicy: Local, trafficDistribution: PreferClose,
                 ports: [{name: a, port: 80, targetPort: 80, nodePort: 30000, protocol: TCP, appProtocol: http}]}}
                """,
                """
                {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a, labels: {kubernetes.io/service-name: b}},
                 addressType: IPv4, ports: [{name: a, port: 80, protocol: TCP}], endpoints: [{addresses: [10.0.0.1],
                 conditions: {ready: true, serving: true, terminating: false}, zone: z, nodeName: n, targetRef: {kind: Pod, name: p}}]}
                """,
                """
                {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {serviceAccountName: s, nodeName: n},
                 status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}], phase: Running, conditions: [{type: Ready, status: 'True'}]}}
                """,
            })
    void neverFailsOnAMutatedManifest(String manifest) throws IOException {
        JsonNode sound = YAML.readTree(manifest);
        Random random = new Random(20_261_123);
        for (int round = 0; round < ROUNDS; round++) {
            JsonNode mutated = sound.deepCopy();
            for (int i = 0; i <= random.nextInt(3); i++) {
                mutate(mutated, random);
            }
            Verdict verdict = Verdict.of(YAML.writeValueAsString(mutated));

            assertThat(verdict.accepted() + verdict.problems().size())
                    .as("an object in force or a problem, of %s", mutated)
                    .isPositive();
        }
    }

    private static void mutate(JsonNode root, Random random) {
        List<Runnable> mutations = new ArrayList<>();
        collect(root, random, mutations);
        mutations.get(random.nextInt(mutations.size())).run();
    }

    private static void collect(JsonNode node, Random random, List<Runnable> mutations) {
        switch (node) {
            case ObjectNode object ->
                object.properties().forEach(entry -> {
                    mutations.add(() -> object.set(entry.getKey(), anything(random)));
                    mutations.add(() -> object.remove(entry.getKey()));
                    mutations.add(() -> object.set(entry.getKey() + "s", entry.getValue()));
                    mutations.add(() -> object.set(TEXTS[random.nextInt(TEXTS.length)], entry.getValue()));
                    collect(entry.getValue(), random, mutations);
                });
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    int index = i;
                    mutations.add(() -> array.set(index, anything(random)));
                    mutations.add(() -> array.add(array.get(index).deepCopy()));
                    collect(array.get(i), random, mutations);
                }
            }
            default -> {}
        }
    }

    private static JsonNode anything(Random random) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (random.nextInt(10)) {
            case 0 -> make.nullNode();
            case 1 -> make.objectNode();
            case 2 -> make.arrayNode();
            case 3 -> make.booleanNode(random.nextBoolean());
            case 4 -> make.numberNode(random.nextInt());
            case 5 -> make.numberNode(random.nextLong());
            case 6 -> make.numberNode(random.nextDouble() * 200 - 50);
            case 7 -> make.arrayNode().add(make.nullNode()).add(TEXTS[random.nextInt(TEXTS.length)]);
            default -> make.textNode(TEXTS[random.nextInt(TEXTS.length)]);
        };
    }
}
