package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Balancer;
import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.Discovery;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.OutlierDetection;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.stats.BackendStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A backend as one event loop knows it: whose turn it is, and what was counted. Confined to the loop. */
public final class UpstreamBackend {
    /** Endpoints that callers choose, by address or name, and that are remembered with their connections. */
    private static final int MAX_DIALLED = 1024;

    /** New endpoints of one change to which a loop connects before requests come; others are connected to by those. */
    private static final int MAX_WARMED = 16;

    private record Dialled(Endpoint endpoint, UpstreamEndpoint.Variant variant) {}

    private final Upstreams owner;
    private final BackendStats stats;
    private final Map<List<String>, Balancer<UpstreamEndpoint>> byCallerLabels = new HashMap<>();
    private final LinkedHashMap<Dialled, UpstreamEndpoint> dialled = new LinkedHashMap<>();
    private List<UpstreamEndpoint> endpoints = List.of();
    private BackendPlan plan;
    private boolean wantsServerName;

    /** The one for all callers; null when there is more to it. */
    private @Nullable Balancer<UpstreamEndpoint> balancer;

    UpstreamBackend(Upstreams owner, BackendPlan plan, BackendStats stats) {
        this.owner = owner;
        this.stats = stats;
        this.plan = plan;
        take(plan);
    }

    /** What the snapshot says of it. */
    public PreparedBackend prepared() {
        return plan.prepared();
    }

    /** What this loop counted for it. */
    public BackendStats stats() {
        return stats;
    }

    /** Where the key for consistent hashing stands in a request; null when none is wanted. */
    public ConsistentHash.@Nullable Key hashKey() {
        ConsistentHash hash = plan.prepared().backend().consistentHash();
        return hash == null ? null : hash.key();
    }

    /** Whether {@link PickContext#serverName} counts: for TLS, or because that is the name to connect to. */
    public boolean wantsServerName() {
        return wantsServerName;
    }

    /**
     * Picks an endpoint for an attempt. The attempt begins with {@link UpstreamEndpoint#requestStarted}.
     *
     * @return null when the backend has no endpoint that may be used (response flag UH)
     */
    public @Nullable UpstreamEndpoint pick(PickContext context) {
        Balancer<UpstreamEndpoint> simple = balancer;
        return simple == null ? pickOtherwise(context) : simple.pick(context);
    }

    private @Nullable UpstreamEndpoint pickOtherwise(PickContext context) {
        Backend backend = plan.prepared().backend();
        String serverName = wantsServerName ? serverName(context, backend) : "";
        return switch (backend.discovery()) {
            case ORIGINAL_DESTINATION -> {
                Endpoint original = context.originalDestination(backend.targetPort());
                yield original == null ? null : dialled(original, new UpstreamEndpoint.Variant(null, serverName, null));
            }
            case DYNAMIC_DNS ->
                serverName.isEmpty()
                        ? null
                        : dialled(
                                BackendPlan.unresolved(
                                        backend.targetPort() == 0 ? backend.port() : backend.targetPort()),
                                new UpstreamEndpoint.Variant(serverName, serverName, null));
            case STATIC, DNS, DNS_ROUND_ROBIN -> {
                UpstreamEndpoint picked = byCallerLabels
                        .computeIfAbsent(context.callerLabels(plan.labelsThatCount(), plan.place()), this::newBalancer)
                        .pick(context);
                yield picked == null || serverName.isEmpty()
                        ? picked
                        : dialled(
                                picked.endpoint(), new UpstreamEndpoint.Variant(picked.hostName(), serverName, picked));
            }
        };
    }

    /** Where the request does not name a server, as with opaque bytes, the service's own name stands in. */
    private static String serverName(PickContext context, Backend backend) {
        return !context.serverName().isEmpty() || backend.host().startsWith("*")
                ? context.serverName()
                : backend.discovery() == Discovery.DYNAMIC_DNS ? "" : backend.host();
    }

    private UpstreamEndpoint dialled(Endpoint endpoint, UpstreamEndpoint.Variant variant) {
        Dialled wanted = new Dialled(endpoint, variant);
        UpstreamEndpoint known = dialled.get(wanted);
        if (known == null) {
            known = owner.endpoint(endpoint, plan.scope(), variant);
            known.addReference();
            dialled.put(wanted, known);
            if (dialled.size() > MAX_DIALLED) {
                dialled.pollFirstEntry().getValue().removeReference();
            }
        }
        return known;
    }

    /**
     * Asks for another attempt after the first.
     *
     * @param reached whether the attempt before may have reached its endpoint
     * @return whether it is allowed; then {@link #retryEnded} must be called once, when that attempt has ended
     */
    public boolean tryStartRetry(boolean reached) {
        return plan.retries().tryStart(plan.prepared().backend(), reached, this::activeRequests);
    }

    /** An attempt that {@link #tryStartRetry} has allowed has ended. */
    public void retryEnded() {
        plan.retries().ended();
    }

    private long activeRequests() {
        return owner.activeRequests(plan.addresses());
    }

    BackendPlan plan() {
        return plan;
    }

    void replace(BackendPlan newer) {
        List<UpstreamEndpoint> before = new ArrayList<>(endpoints);
        if (!plan.scope().equals(newer.scope())) {
            before.addAll(dialled.values());
            dialled.clear();
        }
        plan = newer;
        take(newer);
        warm(before);
        before.forEach(UpstreamEndpoint::removeReference);
    }

    /** Connects to endpoints that appeared in a backend that is in use, so that their first requests need not wait. */
    private void warm(List<UpstreamEndpoint> before) {
        UpstreamEndpoint inUse = null;
        for (UpstreamEndpoint endpoint : before) {
            if (endpoint.isInUse()) {
                inUse = endpoint;
                break;
            }
        }
        if (inUse == null) {
            return;
        }
        Set<UpstreamEndpoint> known = new HashSet<>(before);
        int warmed = 0;
        for (UpstreamEndpoint endpoint : endpoints) {
            if (!known.contains(endpoint) && !endpoint.isInUse()) {
                endpoint.warmLike(inUse);
                warmed++;
                if (warmed == MAX_WARMED) {
                    return;
                }
            }
        }
    }

    /** The backend is gone. */
    void release() {
        endpoints.forEach(UpstreamEndpoint::removeReference);
        dialled.values().forEach(UpstreamEndpoint::removeReference);
    }

    private void take(BackendPlan newer) {
        List<UpstreamEndpoint> taken = new ArrayList<>(newer.endpoints().size());
        for (BackendEndpoint listed : newer.endpoints()) {
            UpstreamEndpoint endpoint = owner.endpoint(
                    BackendPlan.address(listed),
                    newer.scope(),
                    listed.resolved() == null
                            ? new UpstreamEndpoint.Variant(listed.hostName(), "", null)
                            : UpstreamEndpoint.Variant.ADDRESS);
            endpoint.addReference();
            if (newer.prepared().backend().loadBalancer() == LoadBalancer.PEAK_EWMA) {
                endpoint.measureLatency();
            }
            taken.add(endpoint);
        }
        endpoints = List.copyOf(taken);
        byCallerLabels.clear();
        Discovery discovery = newer.prepared().backend().discovery();
        TlsClient tls = newer.scope().tls();
        wantsServerName = discovery == Discovery.DYNAMIC_DNS || (tls != null && tls.wantsServerName());
        boolean isSimple =
                !wantsServerName && newer.labelsThatCount().isEmpty() && discovery != Discovery.ORIGINAL_DESTINATION;
        balancer = isSimple ? newBalancer(List.of()) : null;
    }

    private Balancer<UpstreamEndpoint> newBalancer(List<String> callerLabels) {
        Backend backend = plan.prepared().backend();
        OutlierDetection detection = backend.outlierDetection();
        return new Balancer<>(
                new Balancer.Settings(
                        backend.loadBalancer(),
                        backend.warmUp(),
                        plan.scope().outliers(),
                        detection == null ? 0 : detection.minHealthPercent()),
                plan.preference(callerLabels),
                endpoints,
                owner.random(),
                owner::nanos);
    }
}
