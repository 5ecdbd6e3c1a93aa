package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Place;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.OutlierDetection;
import io.signalbox.agent.routing.PreparedBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all event loops share of one backend: its newest plan, and what must outlive changes of the snapshot, that is
 * the health of its endpoints and what its limits count. Thread-safe; loops only read the plan.
 */
final class SharedBackend {
    private final LongSupplier nanos;
    private final ScheduledExecutorService upkeep;
    private final RetryGate retries = new RetryGate();
    private volatile BackendPlan plan;
    private CircuitBreaker breaker = CircuitBreaker.UNLIMITED;
    private @Nullable OutlierDetector outliers;
    private @Nullable ScheduledFuture<?> outlierChecks;
    private long revision;

    SharedBackend(PreparedBackend prepared, Place place, ScheduledExecutorService upkeep, LongSupplier nanos) {
        this.upkeep = upkeep;
        this.nanos = nanos;
        this.plan = makePlan(prepared, place, null);
    }

    BackendPlan plan() {
        return plan;
    }

    /** The plan of this form of the backend or of a newer one. */
    BackendPlan planOf(PreparedBackend prepared, Place place) {
        BackendPlan current = plan;
        return current.prepared().generation() < prepared.generation() ? replace(prepared, place) : current;
    }

    private synchronized BackendPlan replace(PreparedBackend prepared, Place place) {
        if (plan.prepared().generation() < prepared.generation()) {
            plan = makePlan(prepared, place, plan);
        }
        return plan;
    }

    /** The agent is elsewhere: a new plan, or null when that changes nothing. */
    synchronized @Nullable BackendPlan move(Place place) {
        Backend backend = plan.prepared().backend();
        if (plan.place().equals(place) || (backend.locality() == null && !backend.nodeLocal())) {
            return null;
        }
        plan = makePlan(plan.prepared(), place, plan);
        return plan;
    }

    private BackendPlan makePlan(PreparedBackend prepared, Place place, @Nullable BackendPlan before) {
        Backend backend = prepared.backend();
        List<BackendEndpoint> resolved = new ArrayList<>();
        for (BackendEndpoint endpoint : backend.endpoints()) {
            if (endpoint.resolved() != null) {
                resolved.add(endpoint);
            }
        }
        List<Endpoint> addresses = resolved.stream()
                .map(endpoint -> Objects.requireNonNull(endpoint.resolved()))
                .toList();
        detectOutliers(backend.outlierDetection(), before, addresses);
        EndpointScope scope = before != null && hasSameScope(before.prepared().backend(), backend)
                ? before.scope()
                : makeScope(backend);
        scope.replaceEndpoints(addresses);
        return new BackendPlan(prepared, ++revision, scope, retries, place, resolved);
    }

    private static boolean hasSameScope(Backend before, Backend now) {
        return before.connectionPool().equals(now.connectionPool())
                && (before.outlierDetection() == null) == (now.outlierDetection() == null)
                && (before.warmUp() == null) == (now.warmUp() == null);
    }

    private EndpointScope makeScope(Backend backend) {
        ConnectionPool pool = backend.connectionPool();
        if (pool.equals(ConnectionPool.DEFAULT) && outliers == null && backend.warmUp() == null) {
            return EndpointScope.PLAIN;
        }
        breaker = breaker.with(pool);
        return new EndpointScope(pool, breaker, outliers, backend.warmUp() == null ? null : nanos);
    }

    private void detectOutliers(
            @Nullable OutlierDetection settings, @Nullable BackendPlan before, List<Endpoint> addresses) {
        OutlierDetection settingsBefore =
                before == null ? null : before.prepared().backend().outlierDetection();
        if (!Objects.equals(settings, settingsBefore)) {
            stopChecks();
        }
        if (settings == null) {
            outliers = null;
            return;
        }
        OutlierDetector detector = outliers == null ? new OutlierDetector(settings, nanos) : outliers;
        outliers = detector;
        detector.replace(settings, addresses);
        if (outlierChecks == null) {
            long interval = Math.max(1, settings.intervalMillis());
            outlierChecks = upkeep.scheduleAtFixedRate(detector::check, interval, interval, TimeUnit.MILLISECONDS);
        }
    }

    private void stopChecks() {
        if (outlierChecks != null) {
            outlierChecks.cancel(false);
            outlierChecks = null;
        }
    }

    /** The backend is gone. */
    synchronized void close() {
        stopChecks();
    }
}
