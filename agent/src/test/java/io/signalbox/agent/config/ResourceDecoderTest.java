package io.signalbox.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.config.v1.Resource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceDecoderTest {
    private static final String HOST = "name: 'virtual-host/h' virtual_host { name: 'h' ";
    private static final String FORWARD = "forward { backends { backend: 'b' weight: 1 } ";
    private static final String BACKEND = "name: 'backend/b' backend { name: 'b' port: 80 ";
    private static final String STATIC = "discovery: DISCOVERY_STATIC load_balancer: LOAD_BALANCER_ROUND_ROBIN ";

    private static HeldResource.Content decode(String text) throws Exception {
        return ResourceDecoder.decode(TextFormat.parse(text, Resource.class));
    }

    private static Route route(String text) throws Exception {
        VirtualHost host = ((HeldResource.Content.Host) decode(HOST + "routes { " + text + " } }")).virtualHost();
        return host.routes().get(0);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        hosts { pattern: '*x' }                                  | hosts[0].pattern: '*x' (expected: a name
        hosts { pattern: 'Upper' }                               | hosts[0].pattern: 'Upper' (expected: lower case)
        routes { }                                               | routes[0]: unknown action
        routes { forward { } }                                   | routes[0].forward.backends: none
        routes { $FORWARD timeout_millis: 3000000000 } }          | forward.timeout_millis: 3000000000 (expected: 0 to
        routes { $FORWARD retry { } } }                           | retry.attempts: 0 (expected: 1 to
        routes { $FORWARD retry { attempts: 1 conditions: 99 } } } | retry.conditions[0]: 99 (expected: a value that
        routes { $FORWARD retry { attempts: 1 status_codes: 99 } } } | retry.status_codes[0]: 99
        routes { $FORWARD rewrite { prefix: '/a b' } } }          | rewrite.prefix: '/a b'
        routes { $FORWARD rewrite { regex { pattern: '(' } } } }  | rewrite.regex.pattern: '(' (expected: an RE2
        routes { $FORWARD rewrite { regex { pattern: 'a' substitution: '\\\\1' } } } } | regex.substitution: '\\1'
        routes { $FORWARD mirrors { per_million: 1000001 } } }    | mirrors[0].per_million: 1000001
        routes { $FORWARD } matches { path { regex: '(?=a)' } } } | matches[0].path.regex: '(?=a)' (expected: an RE2
        routes { $FORWARD } matches { path { } } }                | matches[0].path: not set
        routes { $FORWARD } matches { path { segment_prefix: '/a/' } } } | segment_prefix: '/a/' (expected: no '/'
        routes { $FORWARD } matches { headers { name: 'X' value { exact: '' } } } } | headers[0].name: 'X' (expected: a header
        routes { $FORWARD } matches { headers { name: 'x' } } }   | headers[0].value: not set
        routes { $FORWARD } matches { method { present: false } } } | matches[0].method.present: false
        routes { $FORWARD } matches { source_labels { key: 'a' } source_labels { key: 'a' } } } | 'a' stands twice
        routes { $FORWARD } request_headers { set { name: 'x' value: '\\n' } } } | request_headers.set[0].value: control
        routes { $FORWARD } request_headers { remove: ':path' } } | request_headers.remove[0]: ':path'
        routes { $FORWARD } fault { delay_per_million: 2000000 } } | fault.delay_per_million: 2000000
        routes { $FORWARD } fault { abort_http_status: 700 } }    | fault.abort_http_status: 700
        routes { $FORWARD } fault { abort_http_status: 500 abort_grpc_status: 1 } } | fault.abort_grpc_status: 1
        routes { $FORWARD } cors { allow_origins { } } }          | cors.allow_origins[0]: not set
        routes { redirect { status: 300 } }                      | redirect.status: 300 (expected: 301
        routes { redirect { status: 301 port: 70000 } }          | redirect.port: 70000
        routes { direct_response { status: 100 } }               | direct_response.status: 100
        """)
    void refusesAVirtualHostThatCannotBeServed(String fields, String reason) {
        assertThatThrownBy(() -> decode(HOST + fields.replace("$FORWARD", FORWARD) + " }"))
                .isInstanceOf(ContentException.class)
                .hasMessageStartingWith("virtual-host/h: ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        load_balancer: LOAD_BALANCER_RANDOM                                        | discovery: 0 (expected: a value
        discovery: DISCOVERY_STATIC                                                | load_balancer: 0 (expected: a value
        discovery: DISCOVERY_STATIC load_balancer: LOAD_BALANCER_PASSTHROUGH       | load_balancer: PASSTHROUGH with
        discovery: DISCOVERY_ORIGINAL_DESTINATION load_balancer: LOAD_BALANCER_RANDOM | load_balancer: RANDOM with
        discovery: DISCOVERY_STATIC load_balancer: LOAD_BALANCER_CONSISTENT_HASH   | consistent_hash: absent
        $STATIC consistent_hash { }                                                 | consistent_hash: set
        $STATIC target_port: 70000                                                  | target_port: 70000
        $STATIC endpoints { host_name: 'a' port: 1 }                                | endpoints[0].host_name: 'a'
        $STATIC endpoints { address: '1234' port: 0 }                               | endpoints[0].port: 0
        $STATIC endpoints { address: '1234' port: 1 } endpoints { address: '1234' port: 1 } | each endpoint once
        $STATIC warm_up { duration_millis: 1 }                                      | warm_up.aggression: 0.0
        $STATIC outlier_detection { interval_millis: 1 base_ejection_millis: 1 max_ejection_percent: 101 } | max_ejection_percent: 101
        $STATIC tls { }                                                             | tls.mode: 0
        $STATIC tls { mode: TLS_MODE_MUTUAL }                                       | tls.certificate_file: empty
        $STATIC connection_pool { max_requests: 4294967295 }                        | max_requests: 4294967295
        $STATIC upstream_protocol: 9                                                | upstream_protocol: 9
        """)
    void refusesABackendThatCannotBeServed(String fields, String reason) {
        assertThatThrownBy(() -> decode(BACKEND + fields.replace("$STATIC ", STATIC) + " }"))
                .isInstanceOf(ContentException.class)
                .hasMessageStartingWith("backend/b: ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        name: 'sni/x' sni_frontend { name: 'y' }                                                  | name (expected: sni/y)
        name: 'sni/x' sni_frontend { name: 'x' hosts { pattern: '*' } }                           | hosts[0].pattern: '*'
        name: 'sni/x' sni_frontend { name: 'x' routes { } }                                       | routes[0].backends: none
        name: 'address/a' address_frontend { address: '1234' prefix_length: 33 }                  | prefix_length: 33
        name: 'address/a' address_frontend { address: '1234' prefix_length: 8 protocol: FRONTEND_PROTOCOL_TCP } | bits after
        name: 'address/a' address_frontend { address: '1234' prefix_length: 32 }                  | protocol: 0
        name: 'address/a' address_frontend { address: '1234' prefix_length: 32 protocol: FRONTEND_PROTOCOL_TCP routes { unmatched: true backends { } } } | none with unmatched
        """)
    void refusesAFrontendThatCannotBeServed(String text, String reason) {
        assertThatThrownBy(() -> decode(text))
                .isInstanceOf(ContentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void readsARouteWithEverything() throws Exception {
        Route route = route("""
                rule { kind: 'VirtualService' namespace: 'shop' name: 'web' index: 3 }
                matches { path { segment_prefix: '/cart' } source_labels { key: 'app' value: 'web' } }
                forward {
                  backends { weight: 1 unknown_reason: 'no such host' destination { host: 'x' port: 80 } }
                  timeout_millis: 500
                  retry { attempts: 2 conditions: RETRY_CONDITION_5XX per_try_timeout_millis: 100 }
                  mirrors { destination { backend: 'b' } per_million: 500000 }
                }
                cors { allow_origins { exact: 'https://a' } max_age_seconds: 0 }
                fault { delay_millis: 5 delay_per_million: 1000000 }
                """);

        assertThat(route.rule()).hasToString("VirtualService/shop/web#3");
        assertThat(route.matches()).singleElement().satisfies(match -> {
            assertThat(match.path()).isEqualTo(new PathMatch.SegmentPrefix("/cart"));
            assertThat(match.sourceLabels()).isEqualTo(Map.of("app", "web"));
        });
        assertThat(route.action()).isInstanceOfSatisfying(RouteAction.Forward.class, forward -> {
            assertThat(forward.backends().get(0).backend()).isNull();
            assertThat(forward.backends().get(0).unknownReason()).isEqualTo("no such host");
            assertThat(forward.timeoutMillis()).isEqualTo(500);
            assertThat(forward.retry()).isNotNull().satisfies(retry -> {
                assertThat(retry.attempts()).isEqualTo(2);
                assertThat(retry.backoffBaseMillis()).isEqualTo(25);
            });
            assertThat(forward.mirrors()).hasSize(1);
        });
        assertThat(route.cors())
                .isNotNull()
                .satisfies(cors -> assertThat(cors.maxAgeSeconds()).isZero());
        assertThat(route.fault()).isNotNull();
    }

    @Test
    void readsABackendThatIsResolvedByName() throws Exception {
        Backend backend = ((HeldResource.Content.Target) decode(BACKEND + """
                discovery: DISCOVERY_DNS
                load_balancer: LOAD_BALANCER_CONSISTENT_HASH
                consistent_hash { cookie { name: 'c' } maglev { table_size: 65537 } }
                endpoints { host_name: 'example.org' port: 8080 }
                }""")).backend();

        assertThat(backend.endpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.resolved()).isNull();
            assertThat(endpoint).hasToString("example.org:8080");
            assertThat(endpoint.weight()).isEqualTo(1);
        });
        assertThat(backend.consistentHash())
                .isEqualTo(new ConsistentHash(
                        new ConsistentHash.Key.Cookie("c", "", null), new ConsistentHash.Algorithm.Maglev(65537)));
    }
}
