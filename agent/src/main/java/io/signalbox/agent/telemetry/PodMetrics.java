package io.signalbox.agent.telemetry;

import io.signalbox.agent.capture.pods.PodCapture;
import io.signalbox.agent.capture.pods.PodReport;
import io.signalbox.agent.capture.pods.PodStats;
import java.util.List;
import java.util.Locale;

/** What the capture in pods' network namespaces counts, as metrics. */
final class PodMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private PodMetrics() {}

    static void addTo(MetricFamilies families, PodCapture pods) {
        List<PodReport> reports = pods.reports();
        MetricFamilies.Family states = families.gauge(
                "signalbox_pods", "Network namespaces of the node's pods, by what the agent does there.");
        for (PodReport.State state : PodReport.State.values()) {
            states.add(
                    reports.stream().filter(pod -> pod.state() == state).count(),
                    "state",
                    state.name().toLowerCase(Locale.ROOT));
        }
        PodStats stats = pods.stats();
        families.counter("signalbox_pod_captures", "Network namespaces captured, or captured in another way.")
                .add(stats.captures.sum());
        families.counter("signalbox_pod_capture_failures", "Attempts to capture a network namespace that failed.")
                .add(stats.failures.sum());
        families.counter("signalbox_pod_releases", "Network namespaces let go because their last process has ended.")
                .add(stats.releases.sum());
        families.counter("signalbox_pod_scans", "Looks at the processes of the node.")
                .add(stats.scans.sum());
        families.counter("signalbox_pod_scan_seconds", "Time taken by looks at the processes of the node.")
                .add(stats.scanNanos.sum() / NANOS_PER_SECOND);
        families.counter("signalbox_cni_requests", "Requests of the CNI plugin.")
                .add(stats.cniRequests.sum(), "result", "ok")
                .add(stats.cniErrors.sum(), "result", "error");
    }
}
