package io.signalbox.configservice.compile.backends;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.Backend;
import io.signalbox.config.v1.Discovery;
import io.signalbox.config.v1.Endpoint;
import io.signalbox.config.v1.LoadBalancer;
import io.signalbox.config.v1.LocalityPolicy;
import io.signalbox.config.v1.Resource;
import io.signalbox.config.v1.RuleRef;
import io.signalbox.config.v1.TlsOrigination;
import io.signalbox.config.v1.UpstreamProtocol;
import io.signalbox.configservice.compile.policy.EffectivePolicy;
import io.signalbox.configservice.compile.policy.MergedRule;
import io.signalbox.configservice.compile.policy.Policies;
import io.signalbox.configservice.compile.services.EndpointOrigin;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.registry.ConnectionPool;
import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.LoadBalancerSettings;
import io.signalbox.configservice.registry.LocalitySettings;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the backends of a port. */
public final class BackendCompiler {
    private BackendCompiler() {}

    /** The backend with the endpoints that it has now. */
    public static Resource compile(BackendSpec spec, Workloads workloads) {
        MergedRule rule = spec.rule();
        EffectivePolicy policy = rule == null
                ? EffectivePolicy.DEFAULT
                : rule.effective(spec.port().number(), spec.subset());
        LocalityPolicy locality = locality(spec.service(), policy);
        Backend.Builder backend = Backend.newBuilder()
                .setName(spec.name())
                .setHost(spec.service().host())
                .setPort(spec.port().number())
                .setSubset(spec.subset())
                .setNodeLocal(spec.service().object() instanceof Service service
                        && service.internalTrafficPolicy() == Service.InternalTrafficPolicy.LOCAL)
                .setUpstreamProtocol(upstreamProtocol(spec, policy.connectionPool()));
        balance(backend, spec, policy);
        if (locality != null) {
            backend.setLocality(locality);
        }
        if (policy.connectionPool() != null) {
            backend.setConnectionPool(Policies.connectionPool(policy.connectionPool()));
        }
        if (policy.outlierDetection() != null) {
            backend.setOutlierDetection(Policies.outlierDetection(policy.outlierDetection()));
        }
        if (policy.tls() != null) {
            TlsOrigination tls = Policies.tls(policy.tls(), identities(spec.service()));
            if (tls != null) {
                backend.setTls(tls);
            }
        }
        limitRetries(backend, spec, policy);
        if (rule != null) {
            backend.setPolicyRule(RuleRef.newBuilder()
                    .setKind(DestinationRule.KIND)
                    .setNamespace(rule.first().metadata().namespace())
                    .setName(rule.first().metadata().name())
                    .setRoute(spec.subset()));
        }
        addEndpoints(backend, spec, workloads);
        return Resource.newBuilder()
                .setName(resourceName(spec))
                .setBackend(backend)
                .build();
    }

    /** Name of the backend's resource. */
    public static String resourceName(BackendSpec spec) {
        return "backend/" + spec.name();
    }

    private static void balance(Backend.Builder backend, BackendSpec spec, EffectivePolicy policy) {
        LoadBalancerSettings settings = policy.loadBalancer();
        MergedRule rule = spec.rule();
        LoadBalancer balancer = Policies.loadBalancer(
                settings,
                rule != null && rule.peakEwma()
                        ? LoadBalancer.LOAD_BALANCER_PEAK_EWMA
                        : LoadBalancer.LOAD_BALANCER_LEAST_REQUEST);
        boolean original = spec.service().origin() == EndpointOrigin.ORIGINAL_DESTINATION
                || balancer == LoadBalancer.LOAD_BALANCER_PASSTHROUGH;
        if (original) {
            backend.setDiscovery(Discovery.DISCOVERY_ORIGINAL_DESTINATION)
                    .setLoadBalancer(LoadBalancer.LOAD_BALANCER_PASSTHROUGH);
            if (spec.service().object() instanceof ServiceEntry) {
                backend.setTargetPort(spec.port().targetPort());
            }
            return;
        }
        backend.setLoadBalancer(balancer)
                .setDiscovery(
                        switch (spec.service().origin()) {
                            case DECLARED -> Discovery.DISCOVERY_STATIC;
                            case ORIGINAL_DESTINATION -> Discovery.DISCOVERY_ORIGINAL_DESTINATION;
                            case DNS -> Discovery.DISCOVERY_DNS;
                            case DNS_ROUND_ROBIN -> Discovery.DISCOVERY_DNS_ROUND_ROBIN;
                            case DYNAMIC_DNS -> Discovery.DISCOVERY_DYNAMIC_DNS;
                        });
        if (spec.service().origin() == EndpointOrigin.DYNAMIC_DNS) {
            backend.setTargetPort(spec.port().targetPort());
        }
        if (settings != null && settings.consistentHash() != null) {
            backend.setConsistentHash(Policies.consistentHash(settings.consistentHash()));
        }
        if (settings != null
                && settings.warmup() != null
                && (balancer == LoadBalancer.LOAD_BALANCER_ROUND_ROBIN
                        || balancer == LoadBalancer.LOAD_BALANCER_LEAST_REQUEST
                        || balancer == LoadBalancer.LOAD_BALANCER_PEAK_EWMA)) {
            backend.setWarmUp(Policies.warmUp(settings.warmup()));
        }
    }

    /** Preference by place acts only where failing endpoints are found out, or where the service asks for it. */
    private static @Nullable LocalityPolicy locality(MeshService service, EffectivePolicy policy) {
        LocalitySettings settings =
                policy.loadBalancer() == null ? null : policy.loadBalancer().locality();
        boolean wanted = policy.outlierDetection() != null
                || (service.object() instanceof Service kubernetes
                        && kubernetes.trafficDistribution() != Service.TrafficDistribution.ANY);
        boolean off = settings != null && Boolean.FALSE.equals(settings.enabled());
        return wanted && !off ? Policies.locality(settings) : null;
    }

    /** Where a rule sends HTTP to a port of another protocol, such as HTTPS behind TLS origination, it is HTTP/1.1. */
    private static UpstreamProtocol upstreamProtocol(BackendSpec spec, @Nullable ConnectionPool pool) {
        ConnectionPool.Http http = pool == null ? null : pool.http();
        if (http != null && http.useClientProtocol()) {
            return UpstreamProtocol.UPSTREAM_PROTOCOL_AS_CALLER;
        }
        if (http != null && http.h2UpgradePolicy() == ConnectionPool.H2UpgradePolicy.UPGRADE) {
            return UpstreamProtocol.UPSTREAM_PROTOCOL_HTTP2;
        }
        return switch (spec.port().protocol()) {
            case HTTP2, GRPC, GRPC_WEB -> UpstreamProtocol.UPSTREAM_PROTOCOL_HTTP2;
            case DETECT -> UpstreamProtocol.UPSTREAM_PROTOCOL_AS_CALLER;
            case HTTP, HTTPS, TLS, TCP, MONGO, MYSQL, REDIS, NONE -> UpstreamProtocol.UPSTREAM_PROTOCOL_HTTP1;
        };
    }

    /**
     * What the rule says; where it says nothing, a budget, so that retries do not multiply what a backend suffers from.
     */
    private static void limitRetries(Backend.Builder backend, BackendSpec spec, EffectivePolicy policy) {
        if (policy.retryBudget() != null) {
            backend.setRetryBudget(Policies.retryBudget(policy.retryBudget()));
        } else if (spec.port().protocol().mayBeHttp()
                && backend.getConnectionPool().getMaxRetries() == 0) {
            backend.setRetryBudget(Policies.DEFAULT_RETRY_BUDGET);
        }
    }

    private static List<String> identities(MeshService service) {
        return service.object() instanceof ServiceEntry entry ? entry.subjectAltNames() : List.of();
    }

    private static void addEndpoints(Backend.Builder backend, BackendSpec spec, Workloads workloads) {
        Map<String, String> wanted = Map.of();
        if (!spec.subset().isEmpty() && spec.rule() != null) {
            DestinationRule.Subset subset = spec.rule().subset(spec.subset());
            wanted = subset == null ? Map.of() : subset.labels();
        }
        List<String> priorities = backend.hasLocality() ? backend.getLocality().getFailoverPriorityList() : List.of();
        for (Target target : Targets.of(spec.service(), spec.port(), workloads)) {
            if (target.labels().entrySet().containsAll(wanted.entrySet())) {
                backend.addEndpoints(endpoint(target, priorities));
            }
        }
    }

    private static Endpoint endpoint(Target target, List<String> priorities) {
        Endpoint.Builder endpoint = Endpoint.newBuilder()
                .setPort(target.port())
                .setHostName(target.hostName())
                .setWeight((int) Math.min(target.weight(), Integer.MAX_VALUE))
                .setLocality(target.locality().toString())
                .setNode(target.node());
        if (target.address() != null) {
            endpoint.setAddress(ByteString.copyFrom(target.address().bytes()));
        }
        for (String priority : priorities) {
            int equals = priority.indexOf('=');
            endpoint.addPriorityLabels(label(target, equals < 0 ? priority : priority.substring(0, equals)));
        }
        return endpoint.build();
    }

    /** A label of the workload; those that say where it runs come from the node. */
    private static String label(Target target, String key) {
        return switch (key) {
            case "topology.kubernetes.io/region" -> target.locality().region();
            case "topology.kubernetes.io/zone" -> target.locality().zone();
            case "topology.istio.io/subzone" -> target.locality().subzone();
            case "kubernetes.io/hostname" -> target.node();
            default -> target.labels().getOrDefault(key, "");
        };
    }
}
