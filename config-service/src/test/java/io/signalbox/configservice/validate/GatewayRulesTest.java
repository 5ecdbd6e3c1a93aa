package io.signalbox.configservice.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.testkit.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayRulesTest {
    private static Verdict ofRule(String rule) {
        return Verdict.ofGatewayApi(
                "HTTPRoute", "{parentRefs: [{group: '', kind: Service, name: a, port: 80}], rules: [{" + rule + "}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: first",
                "backendRefs: [{name: b, port: 80, weight: 0}, {name: c, port: 80, namespace: other}]",
                "matches: [{path: {type: Exact, value: /a}, method: GET, headers: [{name: a, value: b}], queryParams: [{name: q, value: '.*', type: RegularExpression}]}]",
                "matches: [{path: {value: /a%20b/}}, {path: {type: RegularExpression, value: '/a/[0-9]+'}}]",
                "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}], add: [{name: a, value: c}], remove: [d]}}]",
                "filters: [{type: RequestRedirect, requestRedirect: {scheme: https, port: 443, statusCode: 301, path: {type: ReplacePrefixMatch, replacePrefixMatch: /x}}}]",
                "filters: [{type: URLRewrite, urlRewrite: {hostname: b.com, path: {type: ReplaceFullPath, replaceFullPath: /x}}}]",
                "filters: [{type: RequestMirror, requestMirror: {backendRef: {name: m, port: 80}, percent: 5}}, {type: RequestMirror, requestMirror: {backendRef: {name: m, port: 80}, fraction: {numerator: 1, denominator: 1000}}}]",
                "filters: [{type: CORS, cors: {allowOrigins: ['https://a.com'], allowMethods: ['*'], maxAge: 10}}]",
                "filters: [{type: ExtensionRef, extensionRef: {group: a.b, kind: C, name: d}}]",
                "timeouts: {request: 10s, backendRequest: 500ms}, retry: {codes: [500, 503], attempts: 2, backoff: 100ms}",
                "timeouts: {request: 0s, backendRequest: 1s}",
            })
    void acceptsAnHttpRoute(String rule) {
        assertThat(ofRule(rule).errors()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "backendRefs: [{port: 80}]                                  | .backendRefs[0].name",
                "backendRefs: [{name: b}]                                   | .backendRefs[0].port",
                "backendRefs: [{name: b, port: 70000}]                      | .backendRefs[0].port",
                "backendRefs: [{name: b, port: 80, weight: -1}]             | .backendRefs[0].weight",
                "backendRefs: [{name: b, port: 80, wait: 1}]                | .backendRefs[0].wait",
                "matches: [{path: {value: a}}]                              | .matches[0].path.value",
                "matches: [{path: {value: /a//b}}]                          | .matches[0].path.value",
                "matches: [{path: {value: /a/../b}}]                        | .matches[0].path.value",
                "matches: [{path: {value: '/a b'}}]                         | .matches[0].path.value",
                "matches: [{path: {type: RegularExpression, value: '('}}]   | .matches[0].path.value",
                "matches: [{path: {type: Suffix, value: /}}]                | .matches[0].path.type",
                "matches: [{method: FETCH}]                                 | .matches[0].method",
                "matches: [{headers: [{name: 'a b', value: c}]}]            | .matches[0].headers[0].name",
                "matches: [{headers: [{name: a}]}]                          | .matches[0].headers[0].value",
                "filters: [{type: RequestHeaderModifier}]                   | .filters[0].requestHeaderModifier",
                "filters: [{type: URLRewrite, urlRewrite: {}, cors: {}}]    | .filters[0].cors",
                "filters: [{requestMirror: {backendRef: {name: m, port: 1}}}] | .filters[0].type",
                "filters: [{type: Teleport}]                                | .filters[0].type",
                "filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replacePrefixMatch: /}}}] | .filters[0].urlRewrite.path.type",
                "filters: [{type: URLRewrite, urlRewrite: {}}, {type: URLRewrite, urlRewrite: {}}] | .filters[1].type",
                "filters: [{type: URLRewrite, urlRewrite: {}}, {type: RequestRedirect, requestRedirect: {}}] | .filters",
                "filters: [{type: RequestRedirect, requestRedirect: {statusCode: 200}}] | .filters[0].requestRedirect.statusCode",
                "filters: [{type: RequestRedirect, requestRedirect: {}}], backendRefs: [{name: b, port: 1}] | .backendRefs",
                "filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}], matches: [{path: {type: Exact, value: /a}}] | .filters[0].urlRewrite.path",
                "filters: [{type: RequestMirror, requestMirror: {backendRef: {name: m, port: 1}, percent: 101}}] | .filters[0].requestMirror.percent",
                "timeouts: {request: 1.5s}                                  | .timeouts.request",
                "timeouts: {request: 1s, backendRequest: 2s}                | .timeouts.backendRequest",
                "retry: {codes: [200]}                                      | .retry.codes[0]",
                "rule: x                                                    | .rule",
            })
    void refusesAnHttpRouteAtItsPath(String rule, String path) {
        assertThat(ofRule(rule).errors()).containsExactly("spec.rules[0]" + path);
    }

    @ParameterizedTest(name = "a {0} {1} is refused at {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTPRoute | {parentRefs: [{name: a}, {name: a}]}                          | spec.parentRefs[1]",
                "HTTPRoute | {parentRefs: [{}]}                                            | spec.parentRefs[0].name",
                "HTTPRoute | {hostnames: [10.0.0.1]}                                       | spec.hostnames[0]",
                "HTTPRoute | {hostnames: ['a.*.b']}                                        | spec.hostnames[0]",
                "HTTPRoute | {rules: [{name: a}, {name: a}]}                               | spec.rules[1].name",
                "GRPCRoute | {rules: [{matches: [{method: {}}]}]}                          | spec.rules[0].matches[0].method",
                "GRPCRoute | {rules: [{matches: [{method: {service: a/b}}]}]}              | spec.rules[0].matches[0].method.service",
                "GRPCRoute | {rules: [{filters: [{type: URLRewrite, urlRewrite: {}}]}]}    | spec.rules[0].filters[0].type",
                "TCPRoute  | {}                                                            | spec.rules",
                "TCPRoute  | {rules: [{}]}                                                 | spec.rules[0].backendRefs",
                "TCPRoute  | {rules: [{backendRefs: [{name: a, port: 1}], matches: []}]}   | spec.rules[0].matches",
                "TLSRoute  | {hostnames: [a_b], rules: [{backendRefs: [{name: a, port: 1}]}]} | spec.hostnames[0]",
                "ReferenceGrant | {from: [{group: g, kind: K, namespace: n}]}              | spec.to",
                "ReferenceGrant | {to: [{group: '', kind: Service}]}                       | spec.from",
                "ReferenceGrant | {from: [{group: g, kind: K}], to: [{kind: Service}]}     | spec.from[0].namespace",
            })
    void refusesOtherKindsAtTheirPath(String kind, String spec, String path) {
        assertThat(Verdict.ofGatewayApi(kind, spec).errors()).containsExactly(path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GRPCRoute | {parentRefs: [{kind: Service, group: '', name: a}], rules: [{matches: [{method: {service: a.B, method: C}, headers: [{name: x, value: y}]}], backendRefs: [{name: b, port: 1}]}]}",
                "GRPCRoute | {rules: [{matches: [{method: {type: RegularExpression, service: 'a\\..*'}}]}]}",
                "TCPRoute  | {rules: [{name: a, backendRefs: [{name: b, port: 1}]}]}",
                "TLSRoute  | {hostnames: [a.com, '*.b.com'], rules: [{backendRefs: [{name: b, port: 1}]}]}",
                "ReferenceGrant | {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: a}], to: [{group: '', kind: Service, name: b}]}",
            })
    void acceptsOtherKinds(String kind, String spec) {
        assertThat(Verdict.ofGatewayApi(kind, spec).errors()).isEmpty();
    }
}
