package io.signalbox.agent.config;

import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.LocalityPolicy;
import io.signalbox.agent.model.OutlierDetection;
import io.signalbox.agent.model.RetryBudget;
import io.signalbox.agent.model.TlsOrigination;
import io.signalbox.agent.model.WarmUp;
import io.signalbox.config.v1.Distribution;
import io.signalbox.config.v1.Failover;
import io.signalbox.config.v1.LocalityShare;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What applies to traffic towards a backend. */
final class BackendPolicyDecoder {
    /** Envoy's limit of both tables. */
    private static final int MAX_TABLE_SIZE = 8 * 1024 * 1024;

    private static final int PERCENT = 100;

    private BackendPolicyDecoder() {}

    static ConsistentHash consistentHash(String where, io.signalbox.config.v1.ConsistentHash proto)
            throws ContentException {
        ConsistentHash.Key key = switch (proto.getKeyCase()) {
            case HEADER -> new ConsistentHash.Key.Header(Fields.headerName(where + ".header", proto.getHeader()));
            case COOKIE ->
                new ConsistentHash.Key.Cookie(
                        Fields.required(
                                where + ".cookie.name", proto.getCookie().getName()),
                        proto.getCookie().getPath(),
                        proto.getCookie().hasTtlSeconds()
                                ? Fields.number(
                                        where + ".cookie.ttl_seconds",
                                        proto.getCookie().getTtlSeconds())
                                : null);
            case SOURCE_IP -> new ConsistentHash.Key.SourceIp();
            case QUERY_PARAMETER ->
                new ConsistentHash.Key.QueryParameter(
                        Fields.required(where + ".query_parameter", proto.getQueryParameter()));
            case KEY_NOT_SET -> throw Fields.notSet(where + ".key");
        };
        return new ConsistentHash(key, algorithm(where, proto));
    }

    private static ConsistentHash.Algorithm algorithm(String where, io.signalbox.config.v1.ConsistentHash proto)
            throws ContentException {
        return switch (proto.getAlgorithmCase()) {
            case RING_HASH ->
                new ConsistentHash.Algorithm.RingHash(Fields.range(
                        where + ".ring_hash.minimum_size", proto.getRingHash().getMinimumSize(), 1, MAX_TABLE_SIZE));
            case MAGLEV -> {
                int size = Fields.range(
                        where + ".maglev.table_size", proto.getMaglev().getTableSize(), 2, MAX_TABLE_SIZE);
                if (!BigInteger.valueOf(size).isProbablePrime(50)) {
                    throw Fields.bad(where + ".maglev.table_size", size, "a prime");
                }
                yield new ConsistentHash.Algorithm.Maglev(size);
            }
            case ALGORITHM_NOT_SET -> throw Fields.notSet(where + ".algorithm");
        };
    }

    static WarmUp warmUp(String where, io.signalbox.config.v1.WarmUp proto) throws ContentException {
        double aggression = proto.getAggression();
        if (!(aggression > 0) || Double.isInfinite(aggression)) {
            throw Fields.bad(where + ".aggression", aggression, "greater than 0");
        }
        return new WarmUp(
                Fields.range(where + ".duration_millis", proto.getDurationMillis(), 1, Integer.MAX_VALUE),
                Fields.range(where + ".minimum_percent", proto.getMinimumPercent(), 0, PERCENT),
                aggression);
    }

    static LocalityPolicy locality(String where, io.signalbox.config.v1.LocalityPolicy proto) throws ContentException {
        Map<String, String> failovers = new HashMap<>();
        for (Failover failover : proto.getFailoversList()) {
            String at = where + ".failovers";
            String from = Fields.required(at + ".from_region", failover.getFromRegion());
            if (failovers.put(from, Fields.required(at + ".to_region", failover.getToRegion())) != null) {
                throw ContentException.invalid(at + ": from '" + from + "' stands twice (expected: once)");
            }
        }
        List<LocalityPolicy.Distribution> distributions = new ArrayList<>(proto.getDistributionsCount());
        for (int i = 0; i < proto.getDistributionsCount(); i++) {
            distributions.add(distribution(where + ".distributions[" + i + "]", proto.getDistributions(i)));
        }
        return new LocalityPolicy(proto.getFailoverPriorityList(), failovers, distributions);
    }

    private static LocalityPolicy.Distribution distribution(String where, Distribution proto) throws ContentException {
        Map<String, Integer> shares = new HashMap<>();
        for (LocalityShare share : proto.getToList()) {
            String locality = Fields.required(where + ".to.locality", share.getLocality());
            int percent = Fields.range(where + ".to.percent", share.getPercent(), 0, PERCENT);
            if (shares.put(locality, percent) != null) {
                throw ContentException.invalid(where + ".to: '" + locality + "' stands twice (expected: once)");
            }
        }
        return new LocalityPolicy.Distribution(Fields.required(where + ".from", proto.getFrom()), shares);
    }

    static ConnectionPool connectionPool(String where, io.signalbox.config.v1.ConnectionPool proto)
            throws ContentException {
        return new ConnectionPool(
                Fields.number(where + ".connect_timeout_millis", proto.getConnectTimeoutMillis()),
                Fields.number(where + ".tcp_idle_timeout_millis", proto.getTcpIdleTimeoutMillis()),
                Fields.number(where + ".max_connections", proto.getMaxConnections()),
                Fields.number(where + ".max_connection_duration_millis", proto.getMaxConnectionDurationMillis()),
                proto.getTcpKeepalive()
                        ? new ConnectionPool.Keepalive(
                                Fields.number(where + ".keepalive_time_seconds", proto.getKeepaliveTimeSeconds()),
                                Fields.number(
                                        where + ".keepalive_interval_seconds", proto.getKeepaliveIntervalSeconds()),
                                Fields.number(where + ".keepalive_probes", proto.getKeepaliveProbes()))
                        : null,
                Fields.number(where + ".max_pending_requests", proto.getMaxPendingRequests()),
                Fields.number(where + ".max_requests", proto.getMaxRequests()),
                Fields.number(where + ".max_requests_per_connection", proto.getMaxRequestsPerConnection()),
                Fields.number(where + ".max_retries", proto.getMaxRetries()),
                Fields.number(where + ".http_idle_timeout_millis", proto.getHttpIdleTimeoutMillis()),
                Fields.number(where + ".max_concurrent_streams", proto.getMaxConcurrentStreams()));
    }

    static RetryBudget retryBudget(String where, io.signalbox.config.v1.RetryBudget proto) throws ContentException {
        return new RetryBudget(
                Fields.perMillion(where + ".per_million", proto.getPerMillion()),
                Fields.number(where + ".minimum", proto.getMinimum()));
    }

    static OutlierDetection outlierDetection(String where, io.signalbox.config.v1.OutlierDetection proto)
            throws ContentException {
        return new OutlierDetection(
                Fields.number(where + ".consecutive_5xx", proto.getConsecutive5Xx()),
                Fields.number(where + ".consecutive_gateway_errors", proto.getConsecutiveGatewayErrors()),
                proto.getSplitLocalErrors(),
                Fields.number(where + ".consecutive_local_failures", proto.getConsecutiveLocalFailures()),
                Fields.range(where + ".interval_millis", proto.getIntervalMillis(), 1, Integer.MAX_VALUE),
                Fields.range(where + ".base_ejection_millis", proto.getBaseEjectionMillis(), 1, Integer.MAX_VALUE),
                Fields.range(where + ".max_ejection_percent", proto.getMaxEjectionPercent(), 0, PERCENT),
                Fields.range(where + ".min_health_percent", proto.getMinHealthPercent(), 0, PERCENT));
    }

    static TlsOrigination tls(String where, io.signalbox.config.v1.TlsOrigination proto) throws ContentException {
        TlsOrigination.Mode mode = switch (proto.getMode()) {
            case TLS_MODE_SIMPLE -> TlsOrigination.Mode.SIMPLE;
            case TLS_MODE_MUTUAL -> TlsOrigination.Mode.MUTUAL;
            case TLS_MODE_ISTIO_MUTUAL -> TlsOrigination.Mode.ISTIO_MUTUAL;
            case TLS_MODE_UNSPECIFIED, UNRECOGNIZED -> throw Fields.unknownEnum(where + ".mode", proto.getModeValue());
        };
        if (mode == TlsOrigination.Mode.MUTUAL) {
            Fields.required(where + ".certificate_file", proto.getCertificateFile());
            Fields.required(where + ".key_file", proto.getKeyFile());
        }
        return new TlsOrigination(
                mode,
                proto.getSni(),
                proto.getCaFile(),
                proto.getCertificateFile(),
                proto.getKeyFile(),
                proto.getSubjectAltNamesList(),
                proto.getInsecureSkipVerify(),
                proto.getCrlFile());
    }
}
