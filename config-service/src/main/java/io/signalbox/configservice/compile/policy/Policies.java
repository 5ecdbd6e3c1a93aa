package io.signalbox.configservice.compile.policy;

import io.signalbox.config.v1.ConnectionPool;
import io.signalbox.config.v1.ConsistentHash;
import io.signalbox.config.v1.Distribution;
import io.signalbox.config.v1.Failover;
import io.signalbox.config.v1.HashCookie;
import io.signalbox.config.v1.LoadBalancer;
import io.signalbox.config.v1.LocalityPolicy;
import io.signalbox.config.v1.LocalityShare;
import io.signalbox.config.v1.Maglev;
import io.signalbox.config.v1.OutlierDetection;
import io.signalbox.config.v1.RetryBudget;
import io.signalbox.config.v1.RingHash;
import io.signalbox.config.v1.TlsMode;
import io.signalbox.config.v1.TlsOrigination;
import io.signalbox.config.v1.WarmUp;
import io.signalbox.configservice.registry.ClientTls;
import io.signalbox.configservice.registry.LoadBalancerSettings;
import io.signalbox.configservice.registry.LocalitySettings;
import io.signalbox.configservice.registry.TrafficPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The blocks of a DestinationRule as the contract has them, with their defaults. */
public final class Policies {
    private static final int DEFAULT_CONSECUTIVE_ERRORS = 5;
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration DEFAULT_EJECTION = Duration.ofSeconds(30);
    private static final int DEFAULT_MAX_EJECTION_PERCENT = 10;

    private Policies() {}

    /** Milliseconds, at least 1 of what is more than nothing; 0 when absent. */
    public static int millis(@Nullable Duration duration) {
        if (duration == null || duration.isZero() || duration.isNegative()) {
            return 0;
        }
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }

    /** Parts of a million of a percentage. */
    public static int perMillion(double percent) {
        return Math.clamp(Math.round(percent * 10_000), 0, 1_000_000);
    }

    /**
     * How an endpoint is chosen.
     *
     * @param unnamed where the settings do not say
     */
    public static LoadBalancer loadBalancer(@Nullable LoadBalancerSettings settings, LoadBalancer unnamed) {
        if (settings == null) {
            return unnamed;
        }
        if (settings.consistentHash() != null) {
            return LoadBalancer.LOAD_BALANCER_CONSISTENT_HASH;
        }
        return switch (settings.simple()) {
            case UNSPECIFIED -> unnamed;
            case LEAST_REQUEST, LEAST_CONN -> LoadBalancer.LOAD_BALANCER_LEAST_REQUEST;
            case ROUND_ROBIN -> LoadBalancer.LOAD_BALANCER_ROUND_ROBIN;
            case RANDOM -> LoadBalancer.LOAD_BALANCER_RANDOM;
            case PASSTHROUGH -> LoadBalancer.LOAD_BALANCER_PASSTHROUGH;
        };
    }

    /** The key and table of a consistent hash. */
    public static ConsistentHash consistentHash(LoadBalancerSettings.ConsistentHash hash) {
        ConsistentHash.Builder built = ConsistentHash.newBuilder();
        switch (hash.key()) {
            case LoadBalancerSettings.HashKey.Header header ->
                built.setHeader(header.name().toLowerCase(Locale.ROOT));
            case LoadBalancerSettings.HashKey.Cookie cookie -> {
                HashCookie.Builder key =
                        HashCookie.newBuilder().setName(cookie.name()).setPath(cookie.path());
                if (cookie.ttl() != null) {
                    key.setTtlSeconds(Math.clamp(cookie.ttl().toSeconds(), 0, Integer.MAX_VALUE));
                }
                built.setCookie(key);
            }
            case LoadBalancerSettings.HashKey.SourceIp _ -> built.setSourceIp(true);
            case LoadBalancerSettings.HashKey.QueryParameter parameter -> built.setQueryParameter(parameter.name());
            case null -> {}
        }
        switch (hash.algorithm()) {
            case LoadBalancerSettings.HashAlgorithm.RingHash ring ->
                built.setRingHash(RingHash.newBuilder().setMinimumSize((int) ring.minimumRingSize()));
            case LoadBalancerSettings.HashAlgorithm.Maglev maglev ->
                built.setMaglev(Maglev.newBuilder().setTableSize((int) maglev.tableSize()));
        }
        return built.build();
    }

    /** How a new endpoint comes to its share. */
    public static WarmUp warmUp(LoadBalancerSettings.Warmup warmup) {
        return WarmUp.newBuilder()
                .setDurationMillis(millis(warmup.duration()))
                .setMinimumPercent((int) Math.round(warmup.minimumPercent()))
                .setAggression(warmup.aggression())
                .build();
    }

    /** Which localities are preferred; absent settings are those of the mesh: by region, zone and subzone. */
    public static LocalityPolicy locality(@Nullable LocalitySettings settings) {
        LocalityPolicy.Builder built = LocalityPolicy.newBuilder();
        if (settings != null) {
            built.addAllFailoverPriority(settings.failoverPriority());
            settings.failover()
                    .forEach(failover -> built.addFailovers(
                            Failover.newBuilder().setFromRegion(failover.from()).setToRegion(failover.to())));
            for (LocalitySettings.Distribute distribute : settings.distribute()) {
                Distribution.Builder distribution = Distribution.newBuilder().setFrom(distribute.from());
                distribute
                        .to()
                        .forEach((locality, percent) -> distribution.addTo(
                                LocalityShare.newBuilder().setLocality(locality).setPercent(percent)));
                built.addDistributions(distribution);
            }
        }
        return built.build();
    }

    /** Limits and timeouts; what is not declared stays 0. */
    public static ConnectionPool connectionPool(io.signalbox.configservice.registry.ConnectionPool pool) {
        ConnectionPool.Builder built = ConnectionPool.newBuilder();
        var tcp = pool.tcp();
        if (tcp != null) {
            built.setConnectTimeoutMillis(millis(tcp.connectTimeout()))
                    .setTcpIdleTimeoutMillis(millis(tcp.idleTimeout()))
                    .setMaxConnections(tcp.maxConnections())
                    .setMaxConnectionDurationMillis(millis(tcp.maxConnectionDuration()));
            var keepalive = tcp.keepalive();
            if (keepalive != null) {
                built.setTcpKeepalive(true)
                        .setKeepaliveProbes(keepalive.probes())
                        .setKeepaliveTimeSeconds(seconds(keepalive.time()))
                        .setKeepaliveIntervalSeconds(seconds(keepalive.interval()));
            }
        }
        var http = pool.http();
        if (http != null) {
            built.setMaxPendingRequests(http.http1MaxPendingRequests())
                    .setMaxRequests(http.http2MaxRequests())
                    .setMaxRequestsPerConnection(http.maxRequestsPerConnection())
                    .setMaxRetries(http.maxRetries())
                    .setHttpIdleTimeoutMillis(millis(http.idleTimeout()))
                    .setMaxConcurrentStreams(http.maxConcurrentStreams());
        }
        return built.build();
    }

    private static int seconds(@Nullable Duration duration) {
        return duration == null ? 0 : Math.clamp(duration.toSeconds(), 0, Integer.MAX_VALUE);
    }

    /** When endpoints are taken out, with Istio's defaults. */
    public static OutlierDetection outlierDetection(io.signalbox.configservice.registry.OutlierDetection outlier) {
        return OutlierDetection.newBuilder()
                .setConsecutive5Xx(orElse(outlier.consecutive5xxErrors(), DEFAULT_CONSECUTIVE_ERRORS))
                .setConsecutiveGatewayErrors(orElse(outlier.consecutiveGatewayErrors(), 0))
                .setSplitLocalErrors(outlier.splitExternalLocalOriginErrors())
                .setConsecutiveLocalFailures(
                        outlier.splitExternalLocalOriginErrors()
                                ? orElse(outlier.consecutiveLocalOriginFailures(), DEFAULT_CONSECUTIVE_ERRORS)
                                : 0)
                .setIntervalMillis(millis(outlier.interval() == null ? DEFAULT_INTERVAL : outlier.interval()))
                .setBaseEjectionMillis(
                        millis(outlier.baseEjectionTime() == null ? DEFAULT_EJECTION : outlier.baseEjectionTime()))
                .setMaxEjectionPercent(
                        outlier.maxEjectionPercent() == 0 ? DEFAULT_MAX_EJECTION_PERCENT : outlier.maxEjectionPercent())
                .setMinHealthPercent(outlier.minHealthPercent())
                .build();
    }

    private static int orElse(@Nullable Integer value, int other) {
        return value == null ? other : value;
    }

    /**
     * The TLS that the agent begins; null when it begins none.
     *
     * @param identities what the service says of its servers, where the rule says nothing
     */
    public static @Nullable TlsOrigination tls(ClientTls tls, List<String> identities) {
        TlsMode mode = switch (tls.mode()) {
            case DISABLE -> TlsMode.TLS_MODE_UNSPECIFIED;
            case SIMPLE -> TlsMode.TLS_MODE_SIMPLE;
            case MUTUAL -> TlsMode.TLS_MODE_MUTUAL;
            case ISTIO_MUTUAL -> TlsMode.TLS_MODE_ISTIO_MUTUAL;
        };
        if (mode == TlsMode.TLS_MODE_UNSPECIFIED) {
            return null;
        }
        return TlsOrigination.newBuilder()
                .setMode(mode)
                .setSni(tls.sni())
                .setCaFile(tls.caCertificates())
                .setCertificateFile(tls.clientCertificate())
                .setKeyFile(tls.privateKey())
                .addAllSubjectAltNames(tls.subjectAltNames().isEmpty() ? identities : tls.subjectAltNames())
                .setInsecureSkipVerify(Boolean.TRUE.equals(tls.insecureSkipVerify()))
                .setCrlFile(tls.caCrl())
                .build();
    }

    /** A fifth of the requests that run, and always three: Envoy's budget. */
    public static final RetryBudget DEFAULT_RETRY_BUDGET =
            RetryBudget.newBuilder().setPerMillion(200_000).setMinimum(3).build();

    /** How many retries may run. */
    public static RetryBudget retryBudget(TrafficPolicy.RetryBudget budget) {
        return RetryBudget.newBuilder()
                .setPerMillion(perMillion(budget.percent()))
                .setMinimum(budget.minRetryConcurrency())
                .build();
    }
}
