package io.signalbox.configservice.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.testkit.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationRuleRulesTest {
    private static Verdict ofPolicy(String policy) {
        return Verdict.ofIstio("DestinationRule", "{host: a, trafficPolicy: {" + policy + "}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{host: a}",
                "{host: '*'}",
                "{host: '*.example.com', exportTo: ['*']}",
                "{host: a, subsets: [{name: v1, labels: {version: v1}}, {name: v2}]}",
                "{host: a, subsets: [{name: v1, trafficPolicy: {loadBalancer: {simple: RANDOM}}}]}",
                "{host: a, exportTo: ['.'], workloadSelector: {matchLabels: {app: x}}}",
                "{host: a, exportTo: [shop], workloadSelector: {matchLabels: {app: x}}}",
            })
    void acceptsARule(String spec) {
        assertThat(Verdict.ofIstio("DestinationRule", spec).errors()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                           | spec.host",
                "{host: a_b}                                                  | spec.host",
                "{host: a, subsets: [{labels: {a: b}}]}                       | spec.subsets[0].name",
                "{host: a, subsets: [{name: v1}, {name: v1}]}                 | spec.subsets[1].name",
                "{host: a, subsets: [{name: v1, labels: {a: 'b c'}}]}         | 'spec.subsets[0].labels[\"a\"]'",
                "{host: a, subsets: [{name: v1, trafficPolicy: {}}]}          | spec.subsets[0].trafficPolicy",
                "{host: a, subsets: [null]}                                   | spec.subsets[0]",
                "{host: a, trafficPolicy: {}}                                 | spec.trafficPolicy",
                "{host: a, exportTo: ['~']}                                   | spec.exportTo[0]",
                "{host: a, exportTo: [b, c], workloadSelector: {matchLabels: {app: x}}} | spec.exportTo",
                "{host: a, exportTo: [b], workloadSelector: {matchLabels: {app: x}}}    | spec.exportTo",
                "{host: a, workloadSelector: {matchLabels: {app: '*'}}}       | spec.workloadSelector.matchLabels",
                "{host: a, subset: []}                                        | spec.subset",
                "{host: 1}                                                    | spec.host",
            })
    void refusesARuleAtItsPath(String spec, String path) {
        assertThat(Verdict.ofIstio("DestinationRule", spec).errors()).containsExactly(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loadBalancer: {}",
                "loadBalancer: {simple: PASSTHROUGH}",
                "loadBalancer: {warmup: {duration: 30s, minimumPercent: 0, aggression: 1.5}}",
                "loadBalancer: {consistentHash: {httpHeaderName: x-user, ringHash: {minimumRingSize: 64}}}",
                "loadBalancer: {consistentHash: {httpCookie: {name: c, path: /, ttl: 0s}, maglev: {tableSize: 65537}}}",
                "loadBalancer: {consistentHash: {useSourceIp: true}}",
                "loadBalancer: {consistentHash: {httpQueryParameterName: q}}",
                "loadBalancer: {localityLbSetting: {distribute: [{from: a/*, to: {a/b/*: 60, c: 40}}]}}",
                "loadBalancer: {localityLbSetting: {failover: [{from: a, to: b}]}}, outlierDetection: {}",
                "loadBalancer: {localityLbSetting: {enabled: false, failoverPriority: [a, b=c]}}, outlierDetection: {}",
                "connectionPool: {tcp: {maxConnections: 1, connectTimeout: 1s, idleTimeout: 0s, tcpKeepalive: {probes: 3, time: 7200s, interval: 75s}}}",
                "connectionPool: {http: {http1MaxPendingRequests: 1, h2UpgradePolicy: UPGRADE, maxConcurrentStreams: 5}}",
                "outlierDetection: {consecutive5xxErrors: 0, interval: 1s, baseEjectionTime: 1m, maxEjectionPercent: 100}",
                "outlierDetection: {splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 5}",
                "tls: {mode: SIMPLE, sni: a.com, insecureSkipVerify: true}",
                "tls: {mode: MUTUAL, clientCertificate: /c, privateKey: /k, caCertificates: /ca}",
                "tls: {mode: ISTIO_MUTUAL}",
                "portLevelSettings: [{port: {number: 80}, tls: {mode: DISABLE}}]",
                "retryBudget: {percent: 25.5, minRetryConcurrency: 10}",
                "proxyProtocol: {version: V2}",
            })
    void acceptsAPolicy(String policy) {
        assertThat(ofPolicy(policy).errors()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "loadBalancer: {simple: FASTEST}                                  | .loadBalancer.simple",
                "loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}} | .loadBalancer.consistentHash",
                "loadBalancer: {warmup: {minimumPercent: 5}}                      | .loadBalancer.warmup.duration",
                "loadBalancer: {warmup: {duration: 300s, minimumPercent: 150.0}}  | .loadBalancer.warmup.minimumPercent",
                "loadBalancer: {warmup: {duration: 300s, aggression: 0.3}}        | .loadBalancer.warmup.aggression",
                "loadBalancer: {warmupDurationSecs: 0s}                           | .loadBalancer.warmup.duration",
                "loadBalancer: {consistentHash: {httpCookie: {ttl: 1s}}}          | .loadBalancer.consistentHash.httpCookie.name",
                "loadBalancer: {consistentHash: {useSourceIp: true, httpHeaderName: a}} | .loadBalancer.consistentHash",
                "loadBalancer: {consistentHash: {useSourceIp: true, minimumRingSize: 5, ringHash: {}}} | .loadBalancer.consistentHash.minimumRingSize",
                "loadBalancer: {consistentHash: {useSourceIp: true, maglev: {}, ringHash: {}}} | .loadBalancer.consistentHash.maglev",
                "loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 65536}}} | .loadBalancer.consistentHash.maglev.tableSize",
                "loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 0}}} | .loadBalancer.consistentHash.maglev.tableSize",
                "loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 5000011}}} | .loadBalancer.consistentHash.maglev.tableSize",
                "loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b: 99}}]}} | .loadBalancer.localityLbSetting.distribute[0].to",
                "loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b: 0, c: 100}}]}} | '.loadBalancer.localityLbSetting.distribute[0].to[\"b\"]'",
                "loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b/*: 50, b/c: 50}}]}} | .loadBalancer.localityLbSetting.distribute[0].to",
                "loadBalancer: {localityLbSetting: {distribute: [{from: a//b, to: {b: 100}}]}} | .loadBalancer.localityLbSetting.distribute",
                "loadBalancer: {localityLbSetting: {distribute: [{from: '*/a', to: {b: 100}}]}} | .loadBalancer.localityLbSetting.distribute",
                "loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b: 100}}], failover: [{from: a, to: b}]}} | .loadBalancer.localityLbSetting.failover",
                "loadBalancer: {localityLbSetting: {failover: [{from: a, to: a}]}} | .loadBalancer.localityLbSetting.failover[0].to",
                "loadBalancer: {localityLbSetting: {failover: [{from: a/b, to: c}]}} | .loadBalancer.localityLbSetting.failover[0]",
                "loadBalancer: {localityLbSetting: {failover: [{from: '*', to: c}]}} | .loadBalancer.localityLbSetting.failover[0]",
                "loadBalancer: {localityLbSetting: {failover: [{from: a, to: b}], failoverPriority: [topology.kubernetes.io/zone]}} | .loadBalancer.localityLbSetting.failoverPriority",
                "connectionPool: {}                                               | .connectionPool",
                "connectionPool: {tcp: {maxConnections: -1}}                      | .connectionPool.tcp.maxConnections",
                "connectionPool: {tcp: {connectTimeout: 0s}}                      | .connectionPool.tcp.connectTimeout",
                "connectionPool: {tcp: {tcpKeepalive: {time: 1us}}}               | .connectionPool.tcp.tcpKeepalive.time",
                "connectionPool: {http: {maxRetries: -1}}                         | .connectionPool.http.maxRetries",
                "connectionPool: {http: {h2UpgradePolicy: UPGRADE, useClientProtocol: true}} | .connectionPool.http.useClientProtocol",
                "connectionPool: {http: {h2UpgradePolicy: SOMETIMES}}             | .connectionPool.http.h2UpgradePolicy",
                "outlierDetection: {interval: 0s}                                 | .outlierDetection.interval",
                "outlierDetection: {maxEjectionPercent: 101}                      | .outlierDetection.maxEjectionPercent",
                "outlierDetection: {minHealthPercent: -1}                         | .outlierDetection.minHealthPercent",
                "outlierDetection: {consecutive5xxErrors: -1}                     | .outlierDetection.consecutive5xxErrors",
                "outlierDetection: {consecutiveLocalOriginFailures: 5}            | .outlierDetection.consecutiveLocalOriginFailures",
                "tls: {mode: MUTUAL, privateKey: /k}                              | .tls.clientCertificate",
                "tls: {mode: MUTUAL, clientCertificate: /c}                       | .tls.privateKey",
                "tls: {mode: SIMPLE, credentialName: c, caCertificates: /ca}      | .tls.credentialName",
                "tls: {mode: SIMPLE, insecureSkipVerify: true, subjectAltNames: [a]} | .tls.insecureSkipVerify",
                "tls: {mode: SIMPLE, insecureSkipVerify: true, credentialName: a} | .tls.insecureSkipVerify",
                "tls: {mode: PERMISSIVE}                                          | .tls.mode",
                "portLevelSettings: [{tls: {mode: DISABLE}}]                      | .portLevelSettings[0].port.number",
                "portLevelSettings: [{port: {number: 80}}]                        | .portLevelSettings[0]",
                "portLevelSettings: [{port: {number: 0}, tls: {mode: DISABLE}}]   | .portLevelSettings[0].port.number",
                "tunnel: {targetHost: a, targetPort: 1}, proxyProtocol: {}        | .tunnel",
                "tunnel: {targetHost: a}                                          | .tunnel.targetPort",
                "tunnel: {targetPort: 1}                                          | .tunnel.targetHost",
                "tunnel: {protocol: GET, targetHost: a, targetPort: 1}            | .tunnel.protocol",
                "proxyProtocol: {version: V3}                                     | .proxyProtocol.version",
                "retryBudget: {percent: 101}                                      | .retryBudget.percent",
            })
    void refusesAPolicyAtItsPath(String policy, String path) {
        assertThat(ofPolicy(policy).errors()).containsExactly("spec.trafficPolicy" + path);
    }

    @ParameterizedTest(name = "{0} is warned about at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "tunnel: {targetHost: a.com, targetPort: 80}                  | .tunnel",
                "proxyProtocol: {version: V1}                                 | .proxyProtocol",
                "compression: {response: {}}                                  | .compression",
                "connectionPool: {http: {http2ProtocolOptions: {}}}           | .connectionPool.http.http2ProtocolOptions",
                "outlierDetection: {consecutiveErrors: 5}                     | .outlierDetection.consecutiveErrors",
                "loadBalancer: {warmupDurationSecs: 5s}                       | .loadBalancer.warmupDurationSecs",
                "loadBalancer: {consistentHash: {}}                           | .loadBalancer.consistentHash",
                "loadBalancer: {consistentHash: {useSourceIp: true, minimumRingSize: 5}} | .loadBalancer.consistentHash.minimumRingSize",
                "loadBalancer: {consistentHash: {httpCookie: {name: a, attributes: []}}} | .loadBalancer.consistentHash.httpCookie.attributes",
                "loadBalancer: {localityLbSetting: {failover: [{from: a, to: b}]}} | .loadBalancer.localityLbSetting",
                "tls: {mode: SIMPLE, credentialName: c}                       | .tls.credentialName",
            })
    void warnsOfWhatHasNoEffect(String policy, String path) {
        Verdict verdict = ofPolicy(policy);

        assertThat(verdict.errors()).isEmpty();
        assertThat(verdict.warnings()).containsExactly("spec.trafficPolicy" + path);
    }
}
