package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Balancer;
import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.ConsistentHash;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.OutlierDetection;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.stats.BackendStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A backend as one event loop knows it: whose turn it is, and what was counted. Confined to the loop. */
public final class UpstreamBackend {
    /** Original destinations that are remembered, with their connections, on one loop. */
    private static final int MAX_DIALLED = 1024;

    private final Upstreams owner;
    private final BackendStats stats;
    private final Map<List<String>, Balancer<UpstreamEndpoint>> byCallerLabels = new HashMap<>();
    private final LinkedHashMap<Endpoint, UpstreamEndpoint> dialled = new LinkedHashMap<>();
    private List<UpstreamEndpoint> endpoints = List.of();
    private BackendPlan plan;

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

    /**
     * Picks an endpoint for an attempt. The attempt begins with {@link UpstreamEndpoint#requestStarted}.
     *
     * @return null when the backend has no endpoint that may be used (response flag UH)
     */
    public @Nullable UpstreamEndpoint pick(PickContext context) {
        Balancer<UpstreamEndpoint> simple = balancer;
        if (simple != null) {
            return simple.pick(context);
        }
        return switch (plan.prepared().backend().discovery()) {
            case ORIGINAL_DESTINATION -> originalDestination(context);
            case STATIC, DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS ->
                byCallerLabels
                        .computeIfAbsent(context.callerLabels(plan.labelsThatCount(), plan.place()), this::newBalancer)
                        .pick(context);
        };
    }

    /**
     * Asks for another attempt after the first.
     *
     * @return whether it is allowed; then {@link #retryEnded} must be called once, when that attempt has ended
     */
    public boolean tryStartRetry() {
        return plan.retries().tryStart(plan.prepared().backend(), this::activeRequests);
    }

    /** An attempt that {@link #tryStartRetry} has allowed has ended. */
    public void retryEnded() {
        plan.retries().ended();
    }

    private long activeRequests() {
        return owner.activeRequests(plan.addresses());
    }

    private @Nullable UpstreamEndpoint originalDestination(PickContext context) {
        Endpoint original = context.originalDestination();
        if (original == null) {
            return null;
        }
        int port = plan.prepared().backend().targetPort();
        Endpoint wanted = port == 0 ? original : new Endpoint(original.address(), port);
        UpstreamEndpoint known = dialled.get(wanted);
        if (known == null) {
            known = owner.endpoint(wanted, plan.scope());
            known.addReference();
            dialled.put(wanted, known);
            if (dialled.size() > MAX_DIALLED) {
                dialled.pollFirstEntry().getValue().removeReference();
            }
        }
        return known;
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
        before.forEach(UpstreamEndpoint::removeReference);
    }

    /** The backend is gone. */
    void release() {
        endpoints.forEach(UpstreamEndpoint::removeReference);
        dialled.values().forEach(UpstreamEndpoint::removeReference);
    }

    private void take(BackendPlan newer) {
        List<UpstreamEndpoint> taken = new ArrayList<>(newer.addresses().size());
        for (Endpoint address : newer.addresses()) {
            UpstreamEndpoint endpoint = owner.endpoint(address, newer.scope());
            endpoint.addReference();
            taken.add(endpoint);
        }
        endpoints = List.copyOf(taken);
        byCallerLabels.clear();
        balancer = switch (newer.prepared().backend().discovery()) {
            case STATIC, DNS, DNS_ROUND_ROBIN -> newer.labelsThatCount().isEmpty() ? newBalancer(List.of()) : null;
            case ORIGINAL_DESTINATION, DYNAMIC_DNS -> null;
        };
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
