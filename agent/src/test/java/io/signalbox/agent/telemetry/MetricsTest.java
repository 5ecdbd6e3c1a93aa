package io.signalbox.agent.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.config.ConfigStats;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.resolve.ResolveStats;
import io.signalbox.agent.stats.LoopStats;
import io.signalbox.agent.upstream.BackendReport;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void addsUpTheLoopsAndShowsThemInPrometheusForm() throws Exception {
        Endpoint endpoint = new Endpoint(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), 8080);
        LoopStats first = new LoopStats();
        LoopStats second = new LoopStats();
        first.connectionsAccepted.add(2);
        second.connectionsAccepted.add(3);
        first.backend("catalog.shop:80").requestEnded(200, 700_000);
        second.backend("catalog.shop:80").requestEnded(503, 2_000_000);
        second.acquire(endpoint).requests.add(7);
        ConfigStats config = new ConfigStats();
        config.acks.increment();
        ResolveStats resolution = new ResolveStats();
        resolution.failures.add(6);
        Metrics metrics = new Metrics(
                () -> List.of(first, second),
                () -> List.of(new BackendReport(
                        "80/web:80",
                        List.of(new BackendReport.EndpointReport("10.0.0.1:80", 1, true, 5, 1)),
                        List.of(new BackendReport.LimitReport("requests", 10, 3, 2)),
                        4,
                        0,
                        "")),
                resolution,
                () -> List.of("127.1.0.1:80: in use"),
                null,
                () -> Snapshot.EMPTY,
                config,
                InstantSource.fixed(Instant.EPOCH),
                "test");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.write(out, null);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "signalbox_upstream_limit_refused_total{backend=\"80/web:80\",limit=\"requests\"} 2.0",
                        "signalbox_upstream_endpoints_ejected{backend=\"80/web:80\"} 1.0",
                        "signalbox_upstream_ejections_total{backend=\"80/web:80\",outcome=\"ejected\"} 4.0",
                        "signalbox_dns_failures_total 6.0")
                .contains("\nsignalbox_downstream_connections_total 5.0\n")
                .contains("signalbox_upstream_requests_total{backend=\"catalog.shop:80\",status=\"2xx\"} 1.0\n")
                .contains("signalbox_upstream_requests_total{backend=\"catalog.shop:80\",status=\"5xx\"} 1.0\n")
                .contains("http_server_request_duration_seconds_bucket{backend=\"catalog.shop:80\",le=\"0.001\"} 1\n")
                .contains("http_server_request_duration_seconds_count{backend=\"catalog.shop:80\"} 2\n")
                .contains("signalbox_endpoint_requests_total{endpoint=\"10.0.0.1:8080\"} 7.0\n")
                .contains("signalbox_config_pushes_total{answer=\"ack\"} 1.0\n")
                .contains("\nsignalbox_bind_problems 1.0\n")
                .contains("jvm_memory_used_bytes{area=\"heap\"}");
    }
}
