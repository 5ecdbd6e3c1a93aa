package io.signalbox.loadtest.bench.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private static final Map<String, String> HTTP = values("PORT", "PROTO", "BALANCE", "SERVERS", "TLS", "SCHEME");

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "haproxy-http.cfg, balance (BALANCE)",
        "haproxy-tcp.cfg, bind 127.0.0.1:(PORT)",
        "nginx-http1.conf, proxy_pass (SCHEME)://out;",
        "nginx-http2.conf, listen 127.0.0.1:(PORT) http2;",
        "nginx-tcp.conf, listen 127.0.0.1:(PORT);",
        "nghttpx.conf, 'frontend=127.0.0.1,(PORT);no-tls'",
        "envoy-http.yaml, lb_policy: (BALANCE)",
        "envoy-tcp.yaml, port_value: (PORT)",
    })
    void everyNameOfAPeersTemplateHasAValue(String file, String line) {
        assertThat(Template.fill(file, HTTP))
                .contains(line)
                .contains("(SERVERS)")
                .doesNotContainPattern("@[A-Z]+@");
    }

    @Test
    void aNameWithoutAValueIsNamed() {
        assertThatThrownBy(() -> Template.fill("haproxy-tcp.cfg", Map.of("SERVERS", "")))
                .hasMessage("haproxy-tcp.cfg: @PORT@ (expected: one of [SERVERS])");
    }

    @Test
    void fillersAreOfOnePortAndChangeTheirEndpointsByGeneration() {
        FillerServices filler = new FillerServices(5_000, 8080);

        assertThat(filler.lastAddress()).isEqualTo("127.4.19.250");
        assertThat(filler.yaml(0).lines().filter(line -> line.equals("kind: Service")))
                .hasSize(5_000);
        assertThat(filler.yaml(1)).isNotEqualTo(filler.yaml(0)).hasLineCount((int)
                filler.yaml(0).lines().count());
    }

    private static Map<String, String> values(String... names) {
        return List.of(names).stream()
                .collect(Collectors.toMap(name -> name, name -> "(" + name + ")", (a, _) -> a, TreeMap::new));
    }
}
