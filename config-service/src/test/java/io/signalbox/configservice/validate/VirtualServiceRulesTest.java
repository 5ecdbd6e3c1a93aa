package io.signalbox.configservice.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.configservice.testkit.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualServiceRulesTest {
    private static final String ROUTE = "route: [{destination: {host: b}}]";

    private static Verdict ofSpec(String spec) {
        return Verdict.ofIstio("VirtualService", spec.replace("ROUTE", ROUTE));
    }

    private static Verdict ofRule(String rule) {
        return ofSpec("{hosts: [a], http: [{" + rule + "}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{hosts: [a], http: [{ROUTE}]}",
                "{hosts: [a.shop.svc.cluster.local, '*.example.com', 10.0.0.1], http: [{ROUTE}]}",
                "{hosts: [a.example.com.], http: [{ROUTE}]}",
                "{hosts: ['*'], gateways: [front], http: [{ROUTE}]}",
                "{hosts: [a], gateways: [mesh, infra/front], http: [{ROUTE}]}",
                "{http: [{ROUTE}]}",
                "{hosts: [a], exportTo: ['.'], http: [{ROUTE}]}",
                "{hosts: [a], exportTo: [other, third], http: [{ROUTE}]}",
                "{hosts: ['*.a.com'], tls: [{match: [{sniHosts: ['*.b.a.com', c.a.com], port: 443}], ROUTE}]}",
                "{hosts: [a], tcp: [{match: [{destinationSubnets: [10.0.0.0/8, 'fd00::/8', 10.1.1.1]}], ROUTE}]}",
                "{hosts: [a], tcp: [{ROUTE}], tls: [{match: [{sniHosts: [a]}], ROUTE}], http: [{ROUTE}]}",
            })
    void acceptsAVirtualService(String spec) {
        assertThat(ofSpec(spec).errors()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                 | spec",
                "{hosts: [a]}                                                       | spec",
                "{hosts: ['*'], http: [{ROUTE}]}                                    | spec.hosts[0]",
                "{hosts: ['*'], gateways: [front, mesh], http: [{ROUTE}]}           | spec.hosts[0]",
                "{hosts: [a_b], http: [{ROUTE}]}                                    | spec.hosts[0]",
                "{hosts: [''], http: [{ROUTE}]}                                     | spec.hosts[0]",
                "{hosts: ['a.*.com'], http: [{ROUTE}]}                              | spec.hosts[0]",
                "{hosts: [-a], http: [{ROUTE}]}                                     | spec.hosts[0]",
                "{hosts: ['*.com', '*.a.com'], http: [{ROUTE}]}                     | spec.hosts[1]",
                "{hosts: [a.com, a.com], http: [{ROUTE}]}                           | spec.hosts[1]",
                "{hosts: [b.a.com, '*.a.com'], http: [{ROUTE}]}                     | spec.hosts[1]",
                "{gateways: [front], http: [{ROUTE}]}                               | spec.gateways",
                "{http: [{ROUTE}], tcp: [{ROUTE}]}                                  | spec.tcp",
                "{http: [{ROUTE}], tls: [{match: [{sniHosts: [a]}], ROUTE}]}        | spec.tls,spec.tls[0].match[0].sniHosts[0]",
                "{http: [{delegate: {name: x}}]}                                    | spec.http[0].delegate",
                "{hosts: [a], gateways: ['b@d'], http: [{ROUTE}]}                   | spec.gateways[0]",
                "{hosts: [a], gateways: [infra/], http: [{ROUTE}]}                  | spec.gateways[0]",
                "{hosts: [a], exportTo: ['~'], http: [{ROUTE}]}                     | spec.exportTo[0]",
                "{hosts: [a], exportTo: ['*', b], http: [{ROUTE}]}                  | spec.exportTo",
                "{hosts: [a], exportTo: ['.', shop], http: [{ROUTE}]}               | spec.exportTo[1]",
                "{hosts: [a], exportTo: [B_b], http: [{ROUTE}]}                     | spec.exportTo[0]",
                "{hosts: [a], tls: [{ROUTE}]}                                       | spec.tls[0].match",
                "{hosts: [a], tls: [{match: [{}], ROUTE}]}                          | spec.tls[0].match[0].sniHosts",
                "{hosts: [a], tls: [{match: [{sniHosts: [b]}], ROUTE}]}             | spec.tls[0].match[0].sniHosts[0]",
                "{hosts: ['*.b'], tls: [{match: [{sniHosts: ['*.a']}], ROUTE}]}     | spec.tls[0].match[0].sniHosts[0]",
                "{hosts: [a], tls: [{match: [{sniHosts: [a]}]}]}                    | spec.tls[0].route",
                "{hosts: [a], tcp: [{}]}                                            | spec.tcp[0].route",
                "{hosts: [a], tcp: [{match: [{port: 65536}], ROUTE}]}               | spec.tcp[0].match[0].port",
                "{hosts: [a], tcp: [{match: [{destinationSubnets: [10.0.0.0/33]}], ROUTE}]} | spec.tcp[0].match[0].destinationSubnets[0]",
                "{hosts: [a], tcp: [{match: [{sourceLabels: {'@': b}}], ROUTE}]}    | spec.tcp[0].match[0].sourceLabels",
                "{hosts: [a], http: [{match: [{sourceNamespace: a_b}], ROUTE}]}     | spec.http[0].match[0].sourceNamespace",
            })
    void refusesAVirtualServiceAtItsPath(String spec, String paths) {
        assertThat(ofSpec(spec).errors()).containsExactly(paths.split(","));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redirect: {uri: /x}",
                "redirect: {prefixRewrite: /x, redirectCode: 308}",
                "redirect: {port: 8443, scheme: https}",
                "redirect: {derivePort: FROM_REQUEST_PORT}",
                "directResponse: {status: 503, body: {string: busy}}",
                "directResponse: {status: 200, body: {bytes: aGVsbG8=}}",
                "delegate: {name: d, namespace: other}",
                "ROUTE, match: [{}]",
                "ROUTE, match: [{uri: {prefix: ''}}]",
                "ROUTE, match: [{headers: {x-a: {}}, withoutHeaders: {x-b: {regex: '*'}, x-c: null}}]",
                "ROUTE, match: [{queryParams: {q: {exact: ''}}, authority: {suffix: .example.com}}]",
                "ROUTE, rewrite: {uri: /x, authority: b.com}",
                "ROUTE, rewrite: {uriRegexRewrite: {match: '/(.*)', rewrite: '/x/\\1'}}",
                "ROUTE, timeout: 1.5s",
                "ROUTE, timeout: 0s",
                "ROUTE, retries: {attempts: 0}",
                "ROUTE, retries: {attempts: 3, retryOn: '5xx,503,connect-failure,unavailable', perTryTimeout: 1s, backoff: 10ms}",
                "ROUTE, fault: {delay: {fixedDelay: 5s, percentage: {value: 0.0001}}, abort: {httpStatus: 500}}",
                "ROUTE, fault: {abort: {grpcStatus: NOT_FOUND, percentage: {value: 100}}}",
                "ROUTE, mirror: {host: c}, mirrorPercentage: {value: 12.5}",
                "ROUTE, mirrors: [{destination: {host: c, port: {number: 80}}, percentage: {value: 1}}]",
                "ROUTE, corsPolicy: {allowOrigins: [{exact: 'https://a.com'}, {regex: '.*'}], allowMethods: [GET], allowHeaders: ['*'], maxAge: 24h}",
                "ROUTE, headers: {request: {set: {x-a: 100%%, host: b.com}, remove: [x-b]}, response: {add: {x-c: '%HOSTNAME%'}}}",
                "route: [{destination: {host: b}, weight: 0}]",
                "route: [{destination: {host: b, subset: v1, port: {number: 80}}, weight: 99}, {destination: {host: c}, weight: 99}]",
            })
    void acceptsAnHttpRule(String rule) {
        assertThat(ofRule(rule).errors()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is refused at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "name: nothing                                             | ''",
                "ROUTE, redirect: {uri: /x}                                | .redirect",
                "ROUTE, directResponse: {status: 200}                      | .directResponse",
                "redirect: {uri: /x}, directResponse: {status: 200}        | .directResponse",
                "redirect: {uri: /x}, fault: {abort: {httpStatus: 500}}    | .fault",
                "redirect: {uri: /x}, rewrite: {uri: /y}                   | .rewrite",
                "directResponse: {status: 200}, rewrite: {uri: /y}         | .rewrite",
                "delegate: {name: d}, ROUTE                                | .route",
                "delegate: {name: d}, redirect: {uri: /x}                  | .redirect",
                "redirect: {}                                              | .redirect",
                "redirect: {uri: /x, redirectCode: 200}                    | .redirect.redirectCode",
                "redirect: {scheme: ftp}                                   | .redirect.scheme",
                "redirect: {port: 70000}                                   | .redirect.port",
                "redirect: {port: 80, derivePort: FROM_REQUEST_PORT}       | .redirect.port",
                "redirect: {uri: /x, prefixRewrite: /y}                    | .redirect.prefixRewrite",
                "directResponse: {}                                        | .directResponse.status",
                "directResponse: {status: 199}                             | .directResponse.status",
                "directResponse: {status: 200, body: {string: a, bytes: aa==}} | .directResponse.body.bytes",
                "directResponse: {status: 200, body: {bytes: '~'}}         | .directResponse.body.bytes",
                "ROUTE, match: [{uri: {regex: '(a'}}]                      | .match[0].uri.regex",
                "ROUTE, match: [{uri: {regex: '(?=a)'}}]                   | .match[0].uri.regex",
                "ROUTE, match: [{uri: {regex: ''}}]                        | .match[0].uri.regex",
                "ROUTE, match: [{uri: {exact: /a, prefix: /b}}]            | .match[0].uri",
                "ROUTE, match: [{method: {prefix: ''}}]                    | .match[0].method.prefix",
                "ROUTE, match: [{headers: {'': {exact: a}}}]               | '.match[0].headers[\"\"]'",
                "ROUTE, match: [{headers: {'a b': {exact: a}}}]            | '.match[0].headers[\"a b\"]'",
                "ROUTE, match: [{headers: {x: null}}]                      | '.match[0].headers[\"x\"]'",
                "ROUTE, match: [{headers: {'@request.auth.claims.a': {exact: b}}}] | '.match[0].headers[\"@request.auth.claims.a\"]'",
                "ROUTE, match: [{queryParams: {q: {prefix: ''}}}]          | '.match[0].queryParams[\"q\"].prefix'",
                "ROUTE, match: [{port: 0}]                                 | .match[0].port",
                "ROUTE, rewrite: {}                                        | .rewrite",
                "ROUTE, rewrite: {uri: /, uriRegexRewrite: {match: a, rewrite: b}} | .rewrite.uriRegexRewrite",
                "ROUTE, rewrite: {uriRegexRewrite: {match: '(', rewrite: b}} | .rewrite.uriRegexRewrite.match",
                "ROUTE, rewrite: {uriRegexRewrite: {match: a}}             | .rewrite.uriRegexRewrite.rewrite",
                "ROUTE, rewrite: {authority: b}, headers: {request: {set: {host: c}}} | '.headers.request.set[\"host\"]'",
                "ROUTE, timeout: 10us                                      | .timeout",
                "ROUTE, timeout: 1.0001s                                   | .timeout",
                "ROUTE, timeout: soon                                      | .timeout",
                "ROUTE, timeout: -1s                                       | .timeout",
                "ROUTE, retries: {attempts: -1}                            | .retries.attempts",
                "ROUTE, retries: {attempts: 0, perTryTimeout: 1s}          | .retries.perTryTimeout",
                "ROUTE, retries: {attempts: 1, retryOn: nonsense}          | .retries.retryOn",
                "ROUTE, retries: {attempts: 1, retryOn: '5xx, reset'}      | .retries.retryOn",
                "ROUTE, retries: {attempts: 1, retryOn: '299'}             | .retries.retryOn",
                "ROUTE, retries: {attempts: 1, retryOn: '999'}             | .retries.retryOn",
                "ROUTE, retries: {attempts: 1, perTryTimeout: 0s}          | .retries.perTryTimeout",
                "ROUTE, fault: {}                                          | .fault",
                "ROUTE, fault: {delay: {fixedDelay: 0s}}                   | .fault.delay.fixedDelay",
                "ROUTE, fault: {delay: {exponentialDelay: 1s}}             | .fault.delay.exponentialDelay",
                "ROUTE, fault: {delay: {fixedDelay: 1s, percentage: {value: 101}}} | .fault.delay.percentage",
                "ROUTE, fault: {delay: {fixedDelay: 1s, percentage: {value: 0.00001}}} | .fault.delay.percentage",
                "ROUTE, fault: {abort: {httpStatus: 99}}                   | .fault.abort.httpStatus",
                "ROUTE, fault: {abort: {grpcStatus: BAD}}                  | .fault.abort.grpcStatus",
                "ROUTE, fault: {abort: {http2Error: x}}                    | .fault.abort.http2Error",
                "ROUTE, mirror: {host: '*'}                                | .mirror.host",
                "ROUTE, mirror: {host: c}, mirrorPercentage: {value: 101}  | .mirrorPercentage",
                "ROUTE, mirror: {host: c}, mirrors: [{destination: {host: c}}] | .mirrors",
                "ROUTE, mirrors: [{percentage: {value: 1}}]                | .mirrors[0].destination",
                "ROUTE, corsPolicy: {allowOrigins: [{}]}                   | .corsPolicy.allowOrigins[0]",
                "ROUTE, corsPolicy: {allowOrigins: [{exact: ''}]}          | .corsPolicy.allowOrigins[0]",
                "ROUTE, corsPolicy: {allowMethods: [get]}                  | .corsPolicy.allowMethods[0]",
                "ROUTE, corsPolicy: {allowHeaders: ['a b']}                | .corsPolicy.allowHeaders[0]",
                "ROUTE, corsPolicy: {maxAge: 1500ms}                       | .corsPolicy.maxAge",
                "ROUTE, corsPolicy: {unmatchedPreflights: MAYBE}           | .corsPolicy.unmatchedPreflights",
                "ROUTE, headers: {request: {set: {':path': /x}}}           | '.headers.request.set[\":path\"]'",
                "ROUTE, headers: {request: {remove: [Host]}}               | .headers.request.remove[0]",
                "ROUTE, headers: {response: {set: {host: x}}}              | '.headers.response.set[\"host\"]'",
                "ROUTE, headers: {request: {set: {'': x}}}                 | '.headers.request.set[\"\"]'",
                "ROUTE, headers: {request: {set: {x: abc%123}}}            | '.headers.request.set[\"x\"]'",
                "ROUTE, headers: {request: {set: {x: '%START_TIME%%'}}}    | '.headers.request.set[\"x\"]'",
                "route: [{weight: 1}]                                      | .route[0].destination",
                "route: [{destination: {}}]                                | .route[0].destination.host",
                "route: [{destination: {host: '*'}}]                       | .route[0].destination.host",
                "route: [{destination: {host: b, port: {number: 0}}}]      | .route[0].destination.port.number",
                "route: [{destination: {host: b, port: {number: 65536}}}]  | .route[0].destination.port.number",
                "route: [{destination: {host: b, port: {}}}]               | .route[0].destination.port.number",
                "route: [{destination: {host: b, subset: v_1}}]            | .route[0].destination.subset",
                "route: [{destination: {host: b}, weight: -1}]             | .route[0].weight",
                "route: [{destination: {host: b}}, {destination: {host: c}}] | .route",
                "route: [null]                                             | .route[0]",
                "matches: [{}], ROUTE                                      | .matches",
                "ROUTE, match: [{uri: {exakt: /}}]                         | .match[0].uri.exakt",
                "ROUTE, mirrorPercent: 101                                 | .mirrorPercent",
            })
    void refusesAnHttpRuleAtItsPath(String rule, String path) {
        assertThat(ofRule(rule).errors()).startsWith("spec.http[0]" + path);
    }

    @ParameterizedTest(name = "{0} is warned about at {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{hosts: [a], http: [{ROUTE}, {ROUTE}]}                                                   | spec.http[1]",
                "{hosts: [a], tcp: [{ROUTE}, {ROUTE}]}                                                    | spec.tcp[1]",
                "{hosts: [a], http: [{match: [{uri: {prefix: /a}}], ROUTE}, {match: [{uri: {prefix: /ab}}], ROUTE}]} | spec.http[1].match[0]",
                "{hosts: [a], http: [{match: [{uri: {prefix: /a}}], ROUTE}, {match: [{uri: {exact: /ab}, method: {exact: GET}}], ROUTE}]} | spec.http[1].match[0]",
                "{hosts: [a], http: [{match: [{}], ROUTE}, {match: [{uri: {exact: /a}}], ROUTE}]}         | spec.http[1].match[0]",
                "{hosts: [a], http: [{sessionPersistence: {cookie: {name: a}}, ROUTE}]}                   | spec.http[0].sessionPersistence",
                "{hosts: [a], http: [{mirror: {host: c}, mirrorPercent: 5, ROUTE}]}                       | spec.http[0].mirrorPercent",
                "{hosts: [a], http: [{mirrorPercentage: {value: 5}, ROUTE}]}                              | spec.http[0].mirrorPercentage",
                "{hosts: [a], http: [{retries: {perTryTimeout: 2s}, ROUTE}]}                              | spec.http[0].retries.attempts",
                "{hosts: [a], http: [{timeout: 1s, retries: {attempts: 1, perTryTimeout: 2s}, ROUTE}]}    | spec.http[0].retries.perTryTimeout",
                "{hosts: [a], http: [{fault: {abort: {percentage: {value: 5}}}, ROUTE}]}                  | spec.http[0].fault.abort.httpStatus",
                "{hosts: [a], http: [{corsPolicy: {allowOrigin: ['*']}, ROUTE}]}                          | spec.http[0].corsPolicy.allowOrigin",
                "{hosts: [a], tcp: [{match: [{sourceSubnet: 10.0.0.0/8}], ROUTE}]}                        | spec.tcp[0].match[0].sourceSubnet",
                "{hosts: [a.b], gateways: [front.infra, mesh], http: [{ROUTE}]}                           | spec.gateways[0]",
            })
    void warnsOfWhatHasNoEffect(String spec, String path) {
        Verdict verdict = ofSpec(spec);

        assertThat(verdict.errors()).isEmpty();
        assertThat(verdict.warnings()).containsExactly(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{match: [{uri: {prefix: /a}}], ROUTE}, {match: [{uri: {prefix: /b}}], ROUTE}, {ROUTE}]",
                "[{match: [{uri: {prefix: /a}, method: {exact: GET}}], ROUTE}, {match: [{uri: {prefix: /a}}], ROUTE}]",
                "[{match: [{sourceLabels: {a: b}}], ROUTE}, {match: [{uri: {prefix: /a}}], ROUTE}]",
                "[{match: [{port: 80}], ROUTE}, {match: [{port: 81}], ROUTE}]",
                "[{match: [{uri: {prefix: /a}, ignoreUriCase: true}], ROUTE}, {match: [{uri: {exact: /A}}], ROUTE}]",
            })
    void doesNotClaimThatAReachableRuleIsNone(String rules) {
        assertThat(ofSpec("{hosts: [a], http: " + rules + "}").problems()).isEmpty();
    }

    @Test
    void boundsRegularExpressionsAndBodies() {
        assertThat(ofRule("ROUTE, match: [{uri: {regex: '" + "a".repeat(1024) + "'}}]")
                        .errors())
                .isEmpty();
        assertThat(ofRule("ROUTE, match: [{uri: {regex: '" + "a".repeat(1025) + "'}}]")
                        .errors())
                .containsExactly("spec.http[0].match[0].uri.regex");
        assertThat(ofRule("directResponse: {status: 200, body: {string: '" + "a".repeat(200_000) + "'}}")
                        .warnings())
                .containsExactly("spec.http[0].directResponse.body");
        // Folded from many lines: one that long is not read.
        String lines = ("a".repeat(999) + "\n\n        ").repeat(1_100);
        assertThat(ofRule("directResponse: {status: 200, body: {string: '" + lines + "'}}")
                        .errors())
                .containsExactly("spec.http[0].directResponse.body");
    }
}
