package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Place;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.ConnectionPool;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.OutlierDetection;
import io.signalbox.agent.model.TlsOrigination;
import io.signalbox.agent.resolve.Names;
import io.signalbox.agent.routing.PreparedBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What all event loops share of one backend: its newest plan, and what must outlive changes of the snapshot, that is
 * the health of its endpoints and what its limits count. Thread-safe; loops only read the plan.
 */
final class SharedBackend {
    private final LongSupplier nanos;
    private final ScheduledExecutorService upkeep;
    private final Names names;
    private final Consumer<BackendPlan> onChange;
    private final Runnable nameChanged = this::resolveAgain;
    private final RetryGate retries = new RetryGate();
    private volatile BackendPlan plan;
    private CircuitBreaker breaker = CircuitBreaker.UNLIMITED;
    private @Nullable OutlierDetector outliers;
    private @Nullable ScheduledFuture<?> outlierChecks;
    private Set<String> watched = Set.of();
    private long revision;

    /** @param onChange gets plans that the snapshot did not bring about */
    SharedBackend(
            PreparedBackend prepared,
            Place place,
            ScheduledExecutorService upkeep,
            LongSupplier nanos,
            Names names,
            Consumer<BackendPlan> onChange) {
        this.upkeep = upkeep;
        this.nanos = nanos;
        this.names = names;
        this.onChange = onChange;
        synchronized (this) {
            // A name's answer may come before the first plan is there: it waits for the lock.
            this.plan = makePlan(prepared, place, null);
        }
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
        watchNames(backend);
        List<BackendEndpoint> resolved = NamedEndpoints.resolve(backend, names);
        List<Endpoint> addresses = BackendPlan.addresses(resolved);
        detectOutliers(backend.outlierDetection(), before, addresses);
        EndpointScope scope = before != null && hasSameScope(before.prepared().backend(), backend)
                ? before.scope()
                : makeScope(backend);
        scope.replaceEndpoints(addresses);
        return new BackendPlan(prepared, ++revision, scope, retries, place, resolved);
    }

    private static boolean hasSameScope(Backend before, Backend now) {
        return before.connectionPool().equals(now.connectionPool())
                && Objects.equals(before.tls(), now.tls())
                && (before.outlierDetection() == null) == (now.outlierDetection() == null)
                && (before.warmUp() == null) == (now.warmUp() == null);
    }

    private EndpointScope makeScope(Backend backend) {
        ConnectionPool pool = backend.connectionPool();
        TlsOrigination origination = backend.tls();
        if (pool.equals(ConnectionPool.DEFAULT)
                && origination == null
                && outliers == null
                && backend.warmUp() == null) {
            return EndpointScope.PLAIN;
        }
        breaker = breaker.with(pool);
        TlsClient tls = origination == null ? null : new TlsClient(backend.name(), origination);
        return new EndpointScope(pool, breaker, tls, outliers, backend.warmUp() == null ? null : nanos);
    }

    private void watchNames(Backend backend) {
        Set<String> wanted = NamedEndpoints.names(backend);
        for (String name : watched) {
            if (!wanted.contains(name)) {
                names.unwatch(name, nameChanged);
            }
        }
        for (String name : wanted) {
            if (!watched.contains(name)) {
                names.watch(name, nameChanged);
            }
        }
        watched = wanted;
    }

    /** A name has other addresses than before. */
    private void resolveAgain() {
        BackendPlan newer;
        synchronized (this) {
            BackendPlan current = plan;
            if (watched.isEmpty()
                    || NamedEndpoints.resolve(current.prepared().backend(), names)
                            .equals(current.endpoints())) {
                return;
            }
            newer = makePlan(current.prepared(), current.place(), current);
            plan = newer;
        }
        onChange.accept(newer);
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
        watched.forEach(name -> names.unwatch(name, nameChanged));
        watched = Set.of();
    }

    boolean hasPolicies() {
        return !plan.scope().equals(EndpointScope.PLAIN);
    }

    /** What an operator sees of it. */
    synchronized BackendReport report(ToLongFunction<Endpoint> activeRequests) {
        BackendPlan current = plan;
        Map<Endpoint, OutlierDetector.Ejected> out = new HashMap<>();
        OutlierDetector detector = outliers;
        if (detector != null) {
            detector.ejected().forEach(ejected -> out.put(ejected.endpoint(), ejected));
        }
        List<BackendReport.EndpointReport> endpoints = new ArrayList<>();
        for (BackendEndpoint endpoint : current.endpoints()) {
            Endpoint address = BackendPlan.address(endpoint);
            OutlierDetector.Ejected ejected = out.get(address);
            endpoints.add(new BackendReport.EndpointReport(
                    endpoint.toString(),
                    activeRequests.applyAsLong(address),
                    ejected != null,
                    ejected == null ? 0 : ejected.millisLeft(),
                    ejected == null ? 0 : ejected.times()));
        }
        List<BackendReport.LimitReport> limits = new ArrayList<>();
        CircuitBreaker limited = current.scope().breaker();
        addLimit(limits, "connections", limited.connections());
        addLimit(limits, "pending_requests", limited.pendingRequests());
        addLimit(limits, "requests", limited.requests());
        int maxRetries = current.prepared().backend().connectionPool().maxRetries();
        if (maxRetries > 0) {
            limits.add(new BackendReport.LimitReport("retries", maxRetries, retries.running(), retries.refused()));
        }
        TlsClient tls = current.scope().tls();
        return new BackendReport(
                current.prepared().key(),
                endpoints,
                limits,
                detector == null ? 0 : detector.ejections(),
                detector == null ? 0 : detector.refusals(),
                tls == null ? "" : tls.problem());
    }

    private static void addLimit(List<BackendReport.LimitReport> limits, String name, Slots slots) {
        if (slots.limit() > 0) {
            limits.add(new BackendReport.LimitReport(name, slots.limit(), slots.used(), slots.refused()));
        }
    }

    /** Reads files of TLS again that have changed. */
    void refreshFiles() {
        TlsClient tls = plan.scope().tls();
        if (tls != null) {
            tls.refresh();
        }
    }
}
