package io.signalbox.agent.telemetry;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.signalbox.agent.capture.pods.PodCapture;
import io.signalbox.agent.config.ConfigStats;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.resolve.ResolveStats;
import io.signalbox.agent.stats.BackendStats;
import io.signalbox.agent.stats.Counter;
import io.signalbox.agent.stats.DurationHistogram;
import io.signalbox.agent.stats.EndpointStats;
import io.signalbox.agent.stats.LoopStats;
import io.signalbox.agent.upstream.BackendReport;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is counted, in Prometheus's form. Nothing is kept here: each scrape adds up the counters of the event
 * loops. Labels come from bounded sets (backends, endpoints and ports of the snapshot).
 */
public final class Metrics implements MultiCollector {
    private static final String[] STATUS_CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

    private final ExpositionFormats formats = ExpositionFormats.init();
    private final Supplier<List<LoopStats>> loops;
    private final Supplier<List<BackendReport>> backends;
    private final ResolveStats resolution;
    private final Supplier<List<String>> bindProblems;
    private final @Nullable PodCapture pods;
    private final Supplier<Snapshot> snapshot;
    private final ConfigStats config;
    private final InstantSource clock;
    private final String version;

    /**
     * Reads what others count.
     *
     * @param loops counters of the event loops
     * @param backends those with limits, outlier detection or TLS
     * @param resolution counters of name resolution
     * @param bindProblems addresses that could not be bound
     * @param pods what captures in pods' network namespaces; null where that is not the mode
     * @param snapshot what is in force
     * @param config counters of the control side
     * @param clock for the time since the config service was last heard
     * @param version of the agent
     */
    public Metrics(
            Supplier<List<LoopStats>> loops,
            Supplier<List<BackendReport>> backends,
            ResolveStats resolution,
            Supplier<List<String>> bindProblems,
            @Nullable PodCapture pods,
            Supplier<Snapshot> snapshot,
            ConfigStats config,
            InstantSource clock,
            String version) {
        this.loops = loops;
        this.backends = backends;
        this.resolution = resolution;
        this.bindProblems = bindProblems;
        this.pods = pods;
        this.snapshot = snapshot;
        this.config = config;
        this.clock = clock;
        this.version = version;
    }

    /** The content type for a scraper that accepts {@code accept}: OpenMetrics or Prometheus text. */
    public String contentType(@Nullable String accept) {
        return writer(accept).getContentType();
    }

    /** Writes all metrics in the form of {@link #contentType}. */
    public void write(OutputStream out, @Nullable String accept) throws IOException {
        writer(accept).write(out, collect());
    }

    private ExpositionFormatWriter writer(@Nullable String accept) {
        return accept != null && accept.contains("application/openmetrics-text")
                ? formats.getOpenMetricsTextFormatWriter()
                : formats.getPrometheusTextFormatWriter();
    }

    @Override
    public MetricSnapshots collect() {
        MetricFamilies families = new MetricFamilies();
        List<LoopStats> all = loops.get();
        addDownstream(families, all);
        addBackends(families, all);
        addEndpoints(families, all);
        addPolicies(families);
        addConfig(families);
        if (pods != null) {
            PodMetrics.addTo(families, pods);
        }
        JvmMetrics.addTo(families);
        families.gauge("signalbox_build", "The running program; always 1.").add(1, "version", version);
        return families.toSnapshots();
    }

    private void addDownstream(MetricFamilies families, List<LoopStats> all) {
        families.counter("signalbox_downstream_connections", "Connections accepted.")
                .add(sum(all, l -> l.connectionsAccepted));
        families.gauge("signalbox_downstream_connections_active", "Downstream connections that are open.")
                .add(sum(all, l -> l.connectionsActive));
        families.counter("signalbox_downstream_connections_refused", "Connections closed because of the limit.")
                .add(sum(all, l -> l.connectionsRefused));
        families.counter("signalbox_downstream_connections_detected", "Connections by what they were found to speak.")
                .add(sum(all, l -> l.connectionsHttp1), "protocol", "http1")
                .add(sum(all, l -> l.connectionsHttp2), "protocol", "http2")
                .add(sum(all, l -> l.connectionsTcp), "protocol", "tcp");
        families.counter("signalbox_passthrough_connections", "Connections passed to their original destination.")
                .add(sum(all, l -> l.passthroughConnections));
        families.counter("signalbox_downstream_connections_closed", "Connections closed instead of being forwarded.")
                .add(sum(all, l -> l.connectionsUnmatchedClosed), "reason", "unmatched")
                .add(sum(all, l -> l.connectionsUnknownDestination), "reason", "unknown_destination");
        families.counter("signalbox_passthrough_requests", "Requests passed to their original destination.")
                .add(sum(all, l -> l.passthroughRequests));
        families.counter("signalbox_downstream_bad_requests", "Requests that were malformed or over a limit.")
                .add(sum(all, l -> l.badRequests));
        families.counter("signalbox_downstream_protocol_errors", "HTTP/2 connections closed for breaking the protocol.")
                .add(sum(all, l -> l.protocolErrors));
        families.counter("signalbox_redirects", "Requests that a rule answered with a redirect.")
                .add(sum(all, l -> l.redirects));
        families.counter("signalbox_direct_responses", "Requests that a rule answered without a backend.")
                .add(sum(all, l -> l.directResponses));
        families.counter("signalbox_cors_preflights", "CORS preflights answered.")
                .add(sum(all, l -> l.preflights));
        families.counter("signalbox_mirrors", "Copies of requests that were begun.")
                .add(sum(all, l -> l.mirrors));
        families.counter("signalbox_mirrors_lost", "Copies of requests that did not get their response.")
                .add(sum(all, l -> l.mirrorsAbandoned), "reason", "too_slow")
                .add(sum(all, l -> l.mirrorsFailed), "reason", "failed");
        families.counter("signalbox_faults_injected", "Requests delayed and aborted on purpose.")
                .add(sum(all, l -> l.faultDelays), "fault", "delay")
                .add(sum(all, l -> l.faultAborts), "fault", "abort");
        families.counter("signalbox_downstream_received_bytes", "Bytes received from downstream.")
                .add(sum(all, l -> l.downstreamBytesReceived));
        families.counter("signalbox_downstream_sent_bytes", "Bytes sent downstream.")
                .add(sum(all, l -> l.downstreamBytesSent));
        families.gauge("signalbox_bind_problems", "Addresses that explicit capture could not bind.")
                .add(bindProblems.get().size());
    }

    private static void addBackends(MetricFamilies families, List<LoopStats> all) {
        MetricFamilies.Family requests =
                families.counter("signalbox_upstream_requests", "Requests that ended, by the class of their status.");
        MetricFamilies.Family retries = families.counter("signalbox_upstream_retries", "Attempts after the first.");
        MetricFamilies.Family refused = families.counter(
                "signalbox_upstream_retries_refused", "Retries that the limit of retries did not allow.");
        MetricFamilies.Family resent = families.counter(
                "signalbox_upstream_requests_resent", "Requests sent again after the end of an idle connection.");
        MetricFamilies.Family timeouts =
                families.counter("signalbox_upstream_timeouts", "Requests and attempts whose time was up.");
        MetricFamilies.Histograms durations = families.histogram(
                "http_server_request_duration_seconds",
                "From a request's head to the end of its response.",
                DurationHistogram.boundsSeconds());
        for (String name : names(all, LoopStats::backends)) {
            List<BackendStats> stats = each(all, LoopStats::backends, name);
            for (int statusClass = 0; statusClass < STATUS_CLASSES.length; statusClass++) {
                int wanted = statusClass;
                long count = stats.stream().mapToLong(s -> s.requests(wanted)).sum();
                if (count > 0) {
                    requests.add(count, "backend", name, "status", STATUS_CLASSES[statusClass]);
                }
            }
            retries.add(sum(stats, s -> s.retries), "backend", name);
            refused.add(sum(stats, s -> s.retriesRefused), "backend", name);
            resent.add(sum(stats, s -> s.resent), "backend", name);
            timeouts.add(sum(stats, s -> s.timeouts), "backend", name, "scope", "request");
            timeouts.add(sum(stats, s -> s.tryTimeouts), "backend", name, "scope", "attempt");
            long[] counts = new long[DurationHistogram.boundsSeconds().length + 1];
            double sum =
                    stats.stream().mapToDouble(s -> s.duration().addTo(counts)).sum();
            durations.add(counts, sum, "backend", name);
        }
    }

    private static void addEndpoints(MetricFamilies families, List<LoopStats> all) {
        MetricFamilies.Family requests =
                families.counter("signalbox_endpoint_requests", "Requests and TCP connections sent to an endpoint.");
        MetricFamilies.Family active =
                families.gauge("signalbox_endpoint_requests_active", "Requests and TCP connections that run.");
        MetricFamilies.Family opened =
                families.counter("signalbox_endpoint_connections", "Connections opened to an endpoint.");
        MetricFamilies.Family open =
                families.gauge("signalbox_endpoint_connections_active", "Connections to an endpoint that are open.");
        MetricFamilies.Family failures =
                families.counter("signalbox_endpoint_connect_failures", "Connections that could not be opened.");
        Map<String, Endpoint> endpoints = new TreeMap<>();
        all.forEach(
                loop -> loop.endpoints().keySet().forEach(endpoint -> endpoints.put(endpoint.toString(), endpoint)));
        endpoints.forEach((name, endpoint) -> {
            List<EndpointStats> stats = each(all, LoopStats::endpoints, endpoint);
            requests.add(sum(stats, s -> s.requests), "endpoint", name);
            active.add(sum(stats, s -> s.active), "endpoint", name);
            opened.add(sum(stats, s -> s.connectionsOpened), "endpoint", name);
            open.add(sum(stats, s -> s.connectionsActive), "endpoint", name);
            failures.add(sum(stats, s -> s.connectFailures), "endpoint", name);
        });
    }

    private void addPolicies(MetricFamilies families) {
        MetricFamilies.Family limits = families.gauge("signalbox_upstream_limit", "Limits of a backend that are set.");
        MetricFamilies.Family used = families.gauge("signalbox_upstream_limit_used", "What a limit counts now.");
        MetricFamilies.Family refused =
                families.counter("signalbox_upstream_limit_refused", "How often a limit left nothing.");
        MetricFamilies.Family ejected =
                families.gauge("signalbox_upstream_endpoints_ejected", "Endpoints that are out for their errors.");
        MetricFamilies.Family ejections = families.counter(
                "signalbox_upstream_ejections", "Endpoints that failed too often, by whether they were taken out.");
        MetricFamilies.Family broken =
                families.gauge("signalbox_upstream_tls_broken", "1 for a backend whose TLS cannot be set up.");
        for (BackendReport backend : backends.get()) {
            String name = backend.backend();
            for (BackendReport.LimitReport limit : backend.limits()) {
                limits.add(limit.limit(), "backend", name, "limit", limit.name());
                used.add(limit.used(), "backend", name, "limit", limit.name());
                refused.add(limit.refused(), "backend", name, "limit", limit.name());
            }
            ejected.add(
                    backend.endpoints().stream()
                            .filter(BackendReport.EndpointReport::isEjected)
                            .count(),
                    "backend",
                    name);
            ejections.add(backend.ejections(), "backend", name, "outcome", "ejected");
            ejections.add(backend.ejectionsRefused(), "backend", name, "outcome", "too_many_out");
            broken.add(backend.tlsProblem().isEmpty() ? 0 : 1, "backend", name);
        }
        families.counter("signalbox_dns_lookups", "Questions for the addresses of names.")
                .add(resolution.lookups.sum());
        families.counter("signalbox_dns_failures", "Questions without an answer that says an address.")
                .add(resolution.failures.sum());
    }

    private void addConfig(MetricFamilies families) {
        families.gauge("signalbox_config_connected", "1 while a stream of the config service is open.")
                .add(config.isConnected() ? 1 : 0);
        ConfigStats.Followed followed = config.followed();
        if (followed != null) {
            families.gauge("signalbox_config_replica", "1 for the replica of the config service that is followed.")
                    .add(1, "address", followed.address(), "instance", followed.instance());
        }
        families.counter("signalbox_config_streams", "Streams that the config service welcomed.")
                .add(config.streams.sum());
        families.counter("signalbox_config_disconnects", "Attempts to connect that failed, and streams that ended.")
                .add(config.disconnects.sum());
        families.counter("signalbox_config_pushes", "Pushes by how they were answered.")
                .add(config.acks.sum(), "answer", "ack")
                .add(config.nacks.sum(), "answer", "nack");
        families.counter("signalbox_config_workloads_refused", "Pushes whose workloads were not taken.")
                .add(config.workloadsRefused.sum());
        MetricFamilies.Family bytes =
                families.counter("signalbox_config_push_bytes", "Bytes of port updates received, by port.");
        new TreeMap<>(config.pushBytes())
                .forEach((port, count) -> bytes.add(count.sum(), "port", Integer.toString(port)));
        families.counter("signalbox_config_applies", "Pushes that changed something.")
                .add(config.applies.sum());
        families.counter("signalbox_config_apply_seconds", "Time from a push's receipt until it was in force.")
                .add(config.applyNanos.sum() / 1e9);
        families.gauge("signalbox_config_last_applied_timestamp_seconds", "When a push was last applied; 0: never.")
                .add(config.lastAppliedEpochMillis() / 1e3);
        if (config.lastHeardEpochMillis() > 0) {
            families.gauge("signalbox_config_staleness_seconds", "Time since the config service last said anything.")
                    .add(Math.max(0, clock.millis() - config.lastHeardEpochMillis()) / 1e3);
        }
        families.gauge("signalbox_config_ports", "Ports in the snapshot.")
                .add(snapshot.get().ports().size());
        families.counter("signalbox_last_known_good_writes", "Copies written to disk.")
                .add(config.lastKnownGoodWrites.sum());
        families.counter("signalbox_last_known_good_write_failures", "Copies that could not be written.")
                .add(config.lastKnownGoodFailures.sum());
    }

    private static <T> long sum(List<T> all, Function<T, Counter> counter) {
        return all.stream().mapToLong(each -> counter.apply(each).get()).sum();
    }

    private static <V> Set<String> names(List<LoopStats> all, Function<LoopStats, Map<String, V>> stats) {
        Set<String> names = new TreeSet<>();
        all.forEach(loop -> names.addAll(stats.apply(loop).keySet()));
        return names;
    }

    private static <K, V> List<V> each(List<LoopStats> all, Function<LoopStats, Map<K, V>> stats, K key) {
        return all.stream()
                .flatMap(loop -> Stream.ofNullable(stats.apply(loop).get(key)))
                .toList();
    }
}
