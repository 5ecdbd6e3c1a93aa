package io.signalbox.agent.admin;

import io.signalbox.agent.capture.pods.PodReport;
import io.signalbox.agent.capture.rules.FailureMode;
import io.signalbox.agent.config.ConfigStats;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.PortSnapshot;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.upstream.BackendReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Shows what a test sets. */
final class FakeAgent implements AgentView {
    final CountDownLatch drained = new CountDownLatch(1);
    volatile List<String> reasons = List.of();

    @Override
    public List<String> notReadyReasons() {
        return reasons;
    }

    @Override
    public ServedState served() {
        PortSnapshot port = new PortSnapshot(80, new Version("0011"), List.of(), List.of(), Map.of(), Map.of());
        return new ServedState(
                "n1",
                "",
                "config-service",
                new ConfigStats.Followed("c:1", "replica-0"),
                1,
                new Snapshot(Map.of(80, port), NodeWorkloads.EMPTY));
    }

    @Override
    public List<ConnectionReport> connections() {
        return List.of(new ConnectionReport("10.0.0.9:1", "127.1.0.1:80", "http2", "shop/cart", 5, 1, 9));
    }

    @Override
    public List<PodReport> pods() {
        return List.of(
                new PodReport("uid-1", "shop/cart", 7, PodReport.State.CAPTURED, FailureMode.OPEN, "", 15_001),
                new PodReport("uid-2", null, 8, PodReport.State.FAILED, null, "setns: not permitted", 0));
    }

    @Override
    public List<BackendReport> backends() {
        return List.of(new BackendReport(
                "80/web:80",
                List.of(new BackendReport.EndpointReport("10.0.0.1:80", 1, true, 5, 1)),
                List.of(),
                1,
                0,
                ""));
    }

    @Override
    public String metricsContentType(@Nullable String accept) {
        return "text/plain";
    }

    @Override
    public void writeMetrics(OutputStream out, @Nullable String accept) throws IOException {
        out.write("up 1\n".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String explain(String question) {
        if (question.isEmpty()) {
            throw new IllegalArgumentException("destination: '' (expected: ip:port)");
        }
        return "{\"asked\": " + question + "}";
    }

    @Override
    public void drain() {
        drained.countDown();
    }
}
