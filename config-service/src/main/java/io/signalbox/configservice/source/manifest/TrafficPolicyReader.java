package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.ClientTls;
import io.signalbox.configservice.registry.ConnectionPool;
import io.signalbox.configservice.registry.OutlierDetection;
import io.signalbox.configservice.registry.TrafficPolicy;
import java.util.List;
import java.util.Map;

/** Reads traffic policies of DestinationRules; load balancers stand in {@link LoadBalancerReader}. */
final class TrafficPolicyReader {
    private static final String[] UNSUPPORTED = {"tunnel", "proxyProtocol", "compression"};
    private static final String BLOCKS = "loadBalancer, connectionPool, outlierDetection, tls";
    private static final Map<String, ClientTls.Mode> TLS_MODES = Map.of(
            "DISABLE", ClientTls.Mode.DISABLE,
            "SIMPLE", ClientTls.Mode.SIMPLE,
            "MUTUAL", ClientTls.Mode.MUTUAL,
            "ISTIO_MUTUAL", ClientTls.Mode.ISTIO_MUTUAL);
    private static final Map<String, ConnectionPool.H2UpgradePolicy> UPGRADES = Map.of(
            "DEFAULT", ConnectionPool.H2UpgradePolicy.DEFAULT,
            "DO_NOT_UPGRADE", ConnectionPool.H2UpgradePolicy.DO_NOT_UPGRADE,
            "UPGRADE", ConnectionPool.H2UpgradePolicy.UPGRADE);

    private static final Map<String, String> TUNNEL_PROTOCOLS = Map.of("CONNECT", "CONNECT", "POST", "POST");
    private static final Map<String, String> PROXY_PROTOCOLS = Map.of("V1", "V1", "V2", "V2");

    private TrafficPolicyReader() {}

    static TrafficPolicy read(Fields policy) {
        TrafficPolicy read = new TrafficPolicy(
                policy.objectOrNull("loadBalancer", LoadBalancerReader::read),
                policy.objectOrNull("connectionPool", TrafficPolicyReader::connectionPool),
                policy.objectOrNull("outlierDetection", TrafficPolicyReader::outlierDetection),
                policy.objectOrNull("tls", TrafficPolicyReader::tls),
                policy.objectOrNull("retryBudget", TrafficPolicyReader::retryBudget),
                policy.objects("portLevelSettings").stream()
                        .map(TrafficPolicyReader::portPolicy)
                        .toList());
        if (policy.hasOnly()) {
            policy.error(policy.path(), "is empty (expected: " + BLOCKS + " or portLevelSettings)");
        }
        if (policy.has("tunnel") && policy.has("proxyProtocol")) {
            policy.error(policy.path("tunnel"), "excludes proxyProtocol; keep one of them");
        }
        if (policy.has("tunnel")) {
            checkTunnel(policy.object("tunnel"));
        }
        policy.object("proxyProtocol").word("version", PROXY_PROTOCOLS, "");
        policy.refuseOthers(UNSUPPORTED);
        return read;
    }

    /** Tunnels have no effect, and are still told when they would be refused elsewhere. */
    private static void checkTunnel(Fields tunnel) {
        tunnel.word("protocol", TUNNEL_PROTOCOLS, "");
        if (tunnel.text("targetHost").isEmpty()) {
            tunnel.error(tunnel.path("targetHost"), "is missing (expected: a host name or IP address)");
        }
        int port = tunnel.port("targetPort");
        if (port < 1 || port > 65_535) {
            tunnel.error(tunnel.path("targetPort"), port + " (expected: 1 to 65535)");
        }
        tunnel.refuseOthers();
    }

    private static TrafficPolicy.PortPolicy portPolicy(Fields policy) {
        Fields port = policy.object("port");
        if (!port.has("number")) {
            policy.error(policy.path("port.number"), "is missing (expected: 1 to 65535)");
        }
        TrafficPolicy.PortPolicy read = new TrafficPolicy.PortPolicy(
                port.port("number"),
                policy.objectOrNull("loadBalancer", LoadBalancerReader::read),
                policy.objectOrNull("connectionPool", TrafficPolicyReader::connectionPool),
                policy.objectOrNull("outlierDetection", TrafficPolicyReader::outlierDetection),
                policy.objectOrNull("tls", TrafficPolicyReader::tls));
        if (policy.hasOnly("port")) {
            policy.error(policy.path(), "has no policy (expected: " + BLOCKS + ")");
        }
        port.refuseOthers();
        policy.refuseOthers(UNSUPPORTED);
        return read;
    }

    private static TrafficPolicy.RetryBudget retryBudget(Fields budget) {
        Double percent = budget.decimal("percent");
        TrafficPolicy.RetryBudget read = new TrafficPolicy.RetryBudget(percent == null ? 20 : percent, (int)
                Math.min(budget.unsigned("minRetryConcurrency", 3), Integer.MAX_VALUE));
        budget.refuseOthers();
        return read;
    }

    static ConnectionPool connectionPool(Fields pool) {
        ConnectionPool read = new ConnectionPool(
                pool.objectOrNull("tcp", TrafficPolicyReader::tcp),
                pool.objectOrNull("http", TrafficPolicyReader::http));
        pool.refuseOthers();
        return read;
    }

    private static ConnectionPool.Tcp tcp(Fields tcp) {
        ConnectionPool.Tcp read = new ConnectionPool.Tcp(
                tcp.number("maxConnections", 0),
                tcp.duration("connectTimeout"),
                tcp.objectOrNull("tcpKeepalive", TrafficPolicyReader::keepalive),
                tcp.duration("maxConnectionDuration"),
                tcp.duration("idleTimeout"));
        tcp.refuseOthers();
        return read;
    }

    private static ConnectionPool.Keepalive keepalive(Fields keepalive) {
        ConnectionPool.Keepalive read = new ConnectionPool.Keepalive(
                (int) Math.min(keepalive.unsigned("probes", 0), Integer.MAX_VALUE),
                keepalive.duration("time"),
                keepalive.duration("interval"));
        keepalive.refuseOthers();
        return read;
    }

    private static ConnectionPool.Http http(Fields http) {
        ConnectionPool.Http read = new ConnectionPool.Http(
                http.number("http1MaxPendingRequests", 0),
                http.number("http2MaxRequests", 0),
                http.number("maxRequestsPerConnection", 0),
                http.number("maxRetries", 0),
                http.duration("idleTimeout"),
                http.word("h2UpgradePolicy", UPGRADES, ConnectionPool.H2UpgradePolicy.DEFAULT),
                http.flag("useClientProtocol", false),
                http.number("maxConcurrentStreams", 0));
        http.refuseOthers("http2ProtocolOptions", "http2KeepAlive");
        return read;
    }

    private static OutlierDetection outlierDetection(Fields outlier) {
        OutlierDetection read = new OutlierDetection(
                outlier.flag("splitExternalLocalOriginErrors", false),
                outlier.unsignedOrNull("consecutiveLocalOriginFailures"),
                outlier.unsignedOrNull("consecutiveGatewayErrors"),
                outlier.unsignedOrNull("consecutive5xxErrors"),
                outlier.duration("interval"),
                outlier.duration("baseEjectionTime"),
                outlier.number("maxEjectionPercent", 0),
                outlier.number("minHealthPercent", 0));
        if (outlier.has("consecutiveErrors")) {
            outlier.warning(
                    outlier.path("consecutiveErrors"),
                    "is deprecated and has no effect; use consecutive5xxErrors or consecutiveGatewayErrors");
        }
        outlier.refuseOthers();
        return read;
    }

    private static ClientTls tls(Fields tls) {
        List<String> names = tls.texts("subjectAltNames");
        ClientTls read = new ClientTls(
                tls.word("mode", TLS_MODES, ClientTls.Mode.DISABLE),
                tls.text("clientCertificate"),
                tls.text("privateKey"),
                tls.text("caCertificates"),
                tls.text("caCrl"),
                tls.text("credentialName"),
                names,
                tls.text("sni"),
                tls.flagOrNull("insecureSkipVerify"));
        tls.refuseOthers();
        return read;
    }
}
