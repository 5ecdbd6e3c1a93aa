package io.signalbox.configservice.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.testkit.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceEntryRulesTest {
    private static Verdict ofSpec(String spec) {
        return Verdict.ofIstio("ServiceEntry", spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{hosts: [example.com]}",
                "{hosts: ['*x']}",
                "{hosts: [example.com], workloadSelector: {}}",
                "{hosts: [example.com], addresses: [1.1.1.1/32]}",
                "{hosts: [example.com], addresses: [1.2.3.4, '001:db8::'], workloadSelector: {labels: {a: b}}, exportTo: [foo, .], location: MESH_EXTERNAL, ports: [{name: foo, protocol: HTTP, number: 1234, targetPort: 2345}], subjectAltNames: [sa], resolution: DNS}",
                "{hosts: [example.com], endpoints: [{address: sub.example.com}], ports: [{name: foo, protocol: HTTP, number: 1}], resolution: DNS}",
                "{hosts: ['*.example.com'], ports: [{name: a, number: 443, protocol: TLS}]}",
                "{hosts: ['*.example.com'], ports: [{name: a, number: 443, protocol: TLS}], resolution: DYNAMIC_DNS}",
                "{hosts: [a.com, b.com], ports: [{name: a, number: 80, protocol: http}], resolution: DNS}",
                "{hosts: [a.com, b.com], ports: [{name: a, number: 80, protocol: TCP}], resolution: NONE}",
                "{hosts: [a.com], addresses: [10.0.0.0/8], ports: [{name: a, number: 80, protocol: TCP}], resolution: STATIC, endpoints: [{address: 10.0.0.1, ports: {a: 81}, weight: 5, locality: r/z}]}",
                "{hosts: ['*.a.com'], ports: [{name: a, number: 80, protocol: HTTP}], resolution: DNS, endpoints: [{address: a.com}]}",
                "{hosts: [a.com], exportTo: ['~']}",
                "{hosts: [a.com], ports: [{name: a, number: 80}], resolution: STATIC, endpoints: [{address: 'unix:///s'}]}",
            })
    void acceptsAServiceEntry(String spec) {
        assertThat(ofSpec(spec).errors()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                           | spec.hosts",
                "{hosts: ['*']}                                               | spec.hosts[0]",
                "{hosts: ['foo*']}                                            | spec.hosts[0]",
                "{hosts: [a..b]}                                              | spec.hosts[0]",
                "{hosts: [a.com], addresses: [1.2.3.4/99]}                    | spec.addresses[0]",
                "{hosts: [a.com], addresses: [a.com]}                         | spec.addresses[0]",
                "{hosts: [a.com], addresses: [1.2.3.4/16], resolution: DNS}   | spec.addresses[0]",
                "{hosts: [a.com], ports: [{name: a, number: 1}, {name: a, number: 2}]} | spec.ports[1].name",
                "{hosts: [a.com], ports: [{name: a, number: 1}, {name: b, number: 1}]} | spec.ports[1].number",
                "{hosts: [a.com], ports: [{name: a, number: 99999}]}          | spec.ports[0].number",
                "{hosts: [a.com], ports: [{name: a}]}                         | spec.ports[0].number",
                "{hosts: [a.com], ports: [{number: 80}]}                      | spec.ports[0].name",
                "{hosts: [a.com], ports: [{name: a_b, number: 80}]}           | spec.ports[0].name",
                "{hosts: [a.com], ports: [{name: a, number: 1, targetPort: 99999}]} | spec.ports[0].targetPort",
                "{hosts: [a.com], ports: [{name: a, number: 1, protocol: SPDY}]} | spec.ports[0].protocol",
                "{hosts: [a.com], ports: [null]}                              | spec.ports[0]",
                "{hosts: [a.com], workloadSelector: {labels: {a: '*'}}}       | spec.workloadSelector.labels",
                "{hosts: [a.com], resolution: STATIC, workloadSelector: {labels: {a: b}}, endpoints: [{address: 1.2.3.4}]} | spec.endpoints",
                "{hosts: [a.com], resolution: NONE, endpoints: [{address: 1.2.3.4}]} | spec.endpoints",
                "{hosts: [a.com], resolution: STATIC, endpoints: [{address: a.com}]} | spec.endpoints[0].address",
                "{hosts: [a.com], resolution: STATIC, endpoints: [{}]}        | spec.endpoints[0].address",
                "{hosts: [a.com], resolution: STATIC, endpoints: [{address: 1.2.3.4, ports: {b: 80}}]} | 'spec.endpoints[0].ports[\"b\"]'",
                "{hosts: [a.com], resolution: STATIC, ports: [{name: a, number: 1, protocol: HTTP}], endpoints: [{address: 1.2.3.4, ports: {a: 99999}}]} | 'spec.endpoints[0].ports[\"a\"]'",
                "{hosts: [a.com], resolution: STATIC, endpoints: [{address: 'unix:///s'}]} | spec.endpoints[0].address",
                "{hosts: [a.com], resolution: DNS, endpoints: [{address: 'a b'}]} | spec.endpoints[0].address",
                "{hosts: ['*.a.com'], resolution: DNS}                        | spec.hosts[0]",
                "{hosts: ['*.a.com'], resolution: DNS_ROUND_ROBIN}            | spec.hosts[0]",
                "{hosts: [a.com], resolution: DNS_ROUND_ROBIN, endpoints: [{address: b.com}, {address: c.com}]} | spec.endpoints",
                "{hosts: [a.com], resolution: SOMEHOW}                        | spec.resolution",
                "{hosts: [a.com], location: MOON}                             | spec.location",
                "{hosts: [a.com, b.com], ports: [{name: a, number: 80, protocol: TCP}], resolution: DNS} | spec.hosts",
                "{hosts: [a.com], exportTo: ['~', a]}                         | spec.exportTo",
                "{hosts: [a.com], port: []}                                   | spec.port",
                "{hosts: [a.com], ports: [{name: a, port: 80, number: 80}]}   | spec.ports[0].port",
            })
    void refusesAServiceEntryAtItsPath(String spec, String path) {
        assertThat(ofSpec(spec).errors()).containsExactly(path);
    }

    @ParameterizedTest(name = "{0} is warned about at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{hosts: [a.com], ports: [{name: a, number: 80, protocol: TCP}]} | spec.ports[0]",
                "{hosts: [a.com], ports: [{name: a, number: 80}]}             | spec.ports[0]",
                "{hosts: [a.com], resolution: DNS, workloadSelector: {labels: {a: b}}} | spec.workloadSelector",
                "{hosts: [a.com], resolution: STATIC, endpoints: [{address: 1.2.3.4, network: far}]} | spec.endpoints[0].network",
                "{hosts: ['*x']}                                              | spec.hosts[0]",
            })
    void warnsOfSurprises(String spec, String path) {
        assertThat(ofSpec(spec).warnings()).containsExactly(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{address: 1.2.3.4, serviceAccount: sa, network: net, labels: {app: app}, ports: {http: 1}, weight: 2, locality: foo/bar/baz}",
                "{network: net}",
                "{address: 'unix://@foo'}",
                "{address: 'unix:///foo/bar'}",
                "{address: example.com}",
            })
    void acceptsAWorkloadEntry(String spec) {
        assertThat(Verdict.ofIstio("WorkloadEntry", spec).errors()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                       | spec.address",
                "{address: 'unix:///dir/'}                | spec.address",
                "{address: 'unix://relative'}             | spec.address",
                "{address: 'unix://@foo', ports: {http: 80}} | spec.ports",
                "{address: 1.1.1.1, ports: {http: 99999}} | 'spec.ports[\"http\"]'",
                "{address: 1.1.1.1, ports: {'@': 80}}     | 'spec.ports[\"@\"]'",
                "{address: a_b}                           | spec.address",
                "{address: 1.1.1.1, labels: {'a b': c}}   | spec.labels",
                "{address: 1.1.1.1, weight: -1}           | spec.weight",
                "{adress: 1.1.1.1}                        | spec.adress",
            })
    void refusesAWorkloadEntryAtItsPath(String spec, String path) {
        assertThat(Verdict.ofIstio("WorkloadEntry", spec).errors()).containsExactly(path);
    }
}
