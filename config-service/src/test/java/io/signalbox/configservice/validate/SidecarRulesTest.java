package io.signalbox.configservice.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.testkit.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SidecarRulesTest {
    private static Verdict ofSpec(String spec) {
        return Verdict.ofIstio("Sidecar", spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{egress: [{hosts: ['*/*']}]}",
                "{egress: [{hosts: ['./*', 'prod/api.prod.svc.cluster.local', 'infra/*.example.com', '~/*', '~dev/*']}]}",
                "{egress: [{port: {number: 80, protocol: HTTP, name: http}, hosts: ['a/*']}, {hosts: ['./*']}]}",
                "{workloadSelector: {labels: {app: a}}, outboundTrafficPolicy: {mode: REGISTRY_ONLY}}",
                "{outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: out.infra.svc.cluster.local, port: {number: 80}}}}",
                "{ingress: [{port: {number: 80, protocol: HTTP, name: a}, defaultEndpoint: '127.0.0.1:80'}]}",
            })
    void acceptsASidecar(String spec) {
        assertThat(ofSpec(spec).errors()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                            | spec",
                "{egress: [{hosts: []}]}                                       | spec.egress[0].hosts",
                "{egress: [{hosts: [api.prod]}]}                               | spec.egress[0].hosts[0]",
                "{egress: [{hosts: [a/b]}]}                                    | spec.egress[0].hosts[0]",
                "{egress: [{hosts: ['a/*b.c']}]}                               | spec.egress[0].hosts[0]",
                "{egress: [{hosts: ['/*']}]}                                   | spec.egress[0].hosts[0]",
                "{egress: [{hosts: ['a_b/*']}]}                                | spec.egress[0].hosts[0]",
                "{egress: [{hosts: ['*/*']}, {hosts: ['*/*']}]}                | spec.egress[0].port",
                "{egress: [{port: {number: 80}, hosts: ['a/*']}, {port: {number: 80}, hosts: ['a/*']}]} | spec.egress[1].port",
                "{egress: [{port: {number: 70000}, hosts: ['a/*']}]}           | spec.egress[0].port.number",
                "{egress: [{port: {protocol: HTTP}, hosts: ['a/*']}]}          | spec.egress[0].port.number",
                "{egress: [{port: {number: 1, protocol: SPDY}, hosts: ['a/*']}]} | spec.egress[0].port.protocol",
                "{egress: [{captureMode: SOME, hosts: ['a/*']}]}               | spec.egress[0].captureMode",
                "{egress: [{bind: here, port: {number: 1}, hosts: ['a/*']}]}   | spec.egress[0].bind",
                "{ingress: [{port: {number: 1}}, {port: {number: 1}}]}         | spec.ingress[1].port.number",
                "{ingress: [{}]}                                               | spec.ingress[0].port.number",
                "{ingress: [{port: {number: 1}, defaultEndpoint: 'a.com:80'}]} | spec.ingress[0].defaultEndpoint",
                "{inboundConnectionPool: {http: {maxRetrys: 1}}}               | spec.inboundConnectionPool.http.maxRetrys",
                "{egress: [{bind: 'unix:///s', captureMode: IPTABLES, port: {number: 0}, hosts: ['a/*']}]} | spec.egress[0].captureMode",
                "{outboundTrafficPolicy: {mode: MAYBE}}                        | spec.outboundTrafficPolicy.mode",
                "{outboundTrafficPolicy: {mode: REGISTRY_ONLY, egressProxy: {host: a.b, port: {number: 1}}}} | spec.outboundTrafficPolicy.egressProxy",
                "{outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: a.b}}} | spec.outboundTrafficPolicy.egressProxy.port",
                "{workloadSelector: {labels: {a: '*'}}, egress: [{hosts: ['*/*']}]} | spec.workloadSelector.labels",
            })
    void refusesASidecarAtItsPath(String spec, String path) {
        assertThat(ofSpec(spec).errors()).containsExactly(path);
    }

    @ParameterizedTest(name = "{0} is warned about at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{workloadSelector: {}, egress: [{hosts: ['*/*']}]}      | spec.workloadSelector.labels",
                "{ingress: [{port: {number: 1}}], egress: [{hosts: ['*/*']}]}             | spec.ingress",
                "{egress: [{hosts: ['a/*', 'a/b.c']}]}                   | spec.egress[0].hosts[1]",
                "{egress: [{hosts: ['*/*', 'a/*']}]}                     | spec.egress[0].hosts",
                "{egress: [{bind: 127.0.0.1, port: {number: 1}, hosts: ['*/*']}]} | spec.egress[0].bind",
            })
    void warnsOfWhatHasNoEffect(String spec, String path) {
        Verdict verdict = ofSpec(spec);

        assertThat(verdict.errors()).isEmpty();
        assertThat(verdict.warnings()).containsExactly(path);
    }
}
