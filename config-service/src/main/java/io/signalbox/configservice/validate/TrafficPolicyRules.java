package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.ClientTls;
import io.signalbox.configservice.registry.ConnectionPool;
import io.signalbox.configservice.registry.LoadBalancerSettings;
import io.signalbox.configservice.registry.OutlierDetection;
import org.jspecify.annotations.Nullable;

/** Rules for the blocks of a traffic policy, or of one of its ports. */
final class TrafficPolicyRules {
    private static final int MAX_TABLE_SIZE = 5_000_011;

    private final String path;
    private final boolean selective;
    private final Findings findings;

    /**
     * Rules for the policy at this path.
     *
     * @param selective whether the DestinationRule has a workloadSelector
     */
    TrafficPolicyRules(String path, boolean selective, Findings findings) {
        this.path = path;
        this.selective = selective;
        this.findings = findings;
    }

    void check(
            @Nullable LoadBalancerSettings loadBalancer,
            @Nullable ConnectionPool pool,
            @Nullable OutlierDetection outlier,
            @Nullable ClientTls tls) {
        loadBalancer(loadBalancer, outlier);
        if (pool != null) {
            connectionPool(pool, path + ".connectionPool");
        }
        if (outlier != null) {
            outlierDetection(outlier, path + ".outlierDetection");
        }
        if (tls != null) {
            tls(tls, path + ".tls");
        }
    }

    private void loadBalancer(@Nullable LoadBalancerSettings settings, @Nullable OutlierDetection outlier) {
        if (settings == null) {
            return;
        }
        String at = path + ".loadBalancer";
        if (settings.consistentHash() != null) {
            consistentHash(settings.consistentHash(), at + ".consistentHash");
        }
        if (settings.locality() != null) {
            new LocalityRules(at + ".localityLbSetting", findings).check(settings.locality(), outlier != null);
        }
        LoadBalancerSettings.Warmup warmup = settings.warmup();
        if (warmup != null) {
            Values.duration(warmup.duration(), at + ".warmup.duration", findings);
            Values.percentage(warmup.minimumPercent(), at + ".warmup.minimumPercent", findings);
            if (warmup.aggression() < 1) {
                findings.error(at + ".warmup.aggression", warmup.aggression() + " (expected: 1 or more)");
            }
        }
    }

    private void consistentHash(LoadBalancerSettings.ConsistentHash hash, String at) {
        switch (hash.key()) {
            case LoadBalancerSettings.HashKey.Cookie cookie -> {
                if (cookie.name().isEmpty()) {
                    findings.error(at + ".httpCookie.name", "is missing (expected: the name of a cookie)");
                }
                Values.durationOrZero(cookie.ttl(), at + ".httpCookie.ttl", findings);
            }
            case LoadBalancerSettings.HashKey.Header(String name) -> {
                if (!name.startsWith(":")) {
                    findings.check(at + ".httpHeaderName", Http.changedHeaderName(name));
                }
            }
            case LoadBalancerSettings.HashKey.QueryParameter(String name) -> {
                if (name.isEmpty()) {
                    findings.error(at + ".httpQueryParameterName", "is empty (expected: the name of a parameter)");
                }
            }
            case LoadBalancerSettings.HashKey.SourceIp _ -> {}
            case null ->
                findings.warning(
                        at,
                        "has no key, so endpoints are chosen at random (expected: httpHeaderName, httpCookie,"
                                + " useSourceIp or httpQueryParameterName)");
        }
        if (hash.algorithm() instanceof LoadBalancerSettings.HashAlgorithm.Maglev(long size)) {
            if (size >= MAX_TABLE_SIZE || !isPrime(size)) {
                findings.error(
                        at + ".maglev.tableSize", size + " (expected: a prime below " + MAX_TABLE_SIZE + ", as 65537)");
            }
        }
    }

    private static boolean isPrime(long number) {
        for (long factor = 2; factor * factor <= number; factor++) {
            if (number % factor == 0) {
                return false;
            }
        }
        return number > 0;
    }

    private void connectionPool(ConnectionPool pool, String at) {
        ConnectionPool.Tcp tcp = pool.tcp();
        ConnectionPool.Http http = pool.http();
        if (tcp == null && http == null) {
            findings.error(at, "is empty (expected: tcp, http or both)");
        }
        if (tcp != null) {
            limit(tcp.maxConnections(), at + ".tcp.maxConnections");
            Values.duration(tcp.connectTimeout(), at + ".tcp.connectTimeout", findings);
            Values.duration(tcp.maxConnectionDuration(), at + ".tcp.maxConnectionDuration", findings);
            Values.durationOrZero(tcp.idleTimeout(), at + ".tcp.idleTimeout", findings);
            if (tcp.keepalive() != null) {
                Values.duration(tcp.keepalive().time(), at + ".tcp.tcpKeepalive.time", findings);
                Values.duration(tcp.keepalive().interval(), at + ".tcp.tcpKeepalive.interval", findings);
            }
        }
        if (http != null) {
            limit(http.http1MaxPendingRequests(), at + ".http.http1MaxPendingRequests");
            limit(http.http2MaxRequests(), at + ".http.http2MaxRequests");
            limit(http.maxRequestsPerConnection(), at + ".http.maxRequestsPerConnection");
            limit(http.maxRetries(), at + ".http.maxRetries");
            limit(http.maxConcurrentStreams(), at + ".http.maxConcurrentStreams");
            Values.duration(http.idleTimeout(), at + ".http.idleTimeout", findings);
            if (http.useClientProtocol() && http.h2UpgradePolicy() == ConnectionPool.H2UpgradePolicy.UPGRADE) {
                findings.error(
                        at + ".http.useClientProtocol", "stands beside h2UpgradePolicy UPGRADE; keep one of them");
            }
        }
    }

    private void limit(int value, String at) {
        if (value < 0) {
            findings.error(at, value + " (expected: 0 or more)");
        }
    }

    private void outlierDetection(OutlierDetection outlier, String at) {
        Values.duration(outlier.interval(), at + ".interval", findings);
        Values.duration(outlier.baseEjectionTime(), at + ".baseEjectionTime", findings);
        Values.percentage(outlier.maxEjectionPercent(), at + ".maxEjectionPercent", findings);
        Values.percentage(outlier.minHealthPercent(), at + ".minHealthPercent", findings);
        Integer local = outlier.consecutiveLocalOriginFailures();
        if (local != null && local > 0 && !outlier.splitExternalLocalOriginErrors()) {
            findings.error(
                    at + ".consecutiveLocalOriginFailures", "needs splitExternalLocalOriginErrors: true beside it");
        }
    }

    private void tls(ClientTls tls, String at) {
        boolean originates = tls.mode() == ClientTls.Mode.SIMPLE || tls.mode() == ClientTls.Mode.MUTUAL;
        boolean skips = Boolean.TRUE.equals(tls.insecureSkipVerify());
        boolean verifies = !tls.caCertificates().isEmpty()
                || !tls.subjectAltNames().isEmpty()
                || (tls.mode() == ClientTls.Mode.SIMPLE && !tls.credentialName().isEmpty());
        if (originates && skips && verifies) {
            findings.error(
                    at + ".insecureSkipVerify",
                    "is true beside what it would skip; remove it, or caCertificates, subjectAltNames and"
                            + " credentialName");
        }
        if (originates && !tls.credentialName().isEmpty()) {
            if (!tls.clientCertificate().isEmpty()
                    || !tls.privateKey().isEmpty()
                    || !tls.caCertificates().isEmpty()
                    || !tls.caCrl().isEmpty()) {
                findings.error(at + ".credentialName", "stands beside files; keep one of them");
            }
            findings.warning(
                    at + ".credentialName",
                    selective
                            ? "names a secret, which agents cannot read; name files instead"
                            : "has no effect at workloads without a workloadSelector; name files instead");
            return;
        }
        if (tls.mode() == ClientTls.Mode.MUTUAL) {
            if (tls.clientCertificate().isEmpty()) {
                findings.error(at + ".clientCertificate", "is missing (expected: a file, since mode is MUTUAL)");
            }
            if (tls.privateKey().isEmpty()) {
                findings.error(at + ".privateKey", "is missing (expected: a file, since mode is MUTUAL)");
            }
        }
    }
}
