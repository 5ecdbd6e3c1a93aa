package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.HealthSource;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.OutlierDetection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Takes endpoints of one backend that fail out for a while, as Envoy does: at once on the n-th error in a row, for the
 * base time multiplied by how often that has happened. What happened to an endpoint is kept over changes of the
 * snapshot. Thread-safe; only ejections and returns take the lock.
 */
final class OutlierDetector implements HealthSource {
    private static final long MAX_EJECTION_MILLIS = 300_000;

    private final LongSupplier nanos;
    private final Map<Endpoint, EndpointHealth> endpoints = new HashMap<>();
    private volatile OutlierDetection settings;
    private volatile int version;
    private int ejectedCount;
    private long ejections;
    private long refusals;

    /**
     * An endpoint that is out now.
     *
     * @param millisLeft until it may return
     */
    record Ejected(Endpoint endpoint, long millisLeft, int times) {}

    OutlierDetector(OutlierDetection settings, LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
    }

    OutlierDetection settings() {
        return settings;
    }

    @Override
    public int version() {
        return version;
    }

    /** Other settings or endpoints are in force. What is known of endpoints that stay is kept. */
    synchronized void replace(OutlierDetection newer, Collection<Endpoint> current) {
        settings = newer;
        endpoints.keySet().retainAll(current);
        ejectedCount = 0;
        for (Endpoint endpoint : current) {
            if (endpoints.computeIfAbsent(endpoint, e -> new EndpointHealth(this)).ejected) {
                ejectedCount++;
            }
        }
        version++;
    }

    /** The health of an endpoint; one that the snapshot does not name is never out. */
    synchronized EndpointHealth of(Endpoint endpoint) {
        EndpointHealth known = endpoints.get(endpoint);
        return known == null ? new EndpointHealth(this) : known;
    }

    /** An endpoint has failed too often: it is out, unless too many are out already. */
    synchronized void eject(EndpointHealth endpoint) {
        if (endpoint.ejected || !endpoints.containsValue(endpoint)) {
            return;
        }
        if ((ejectedCount + 1) * 100L > (long) settings.maxEjectionPercent() * endpoints.size()) {
            refusals++;
            return;
        }
        ejectedCount++;
        ejections++;
        endpoint.timesEjected++;
        long base = settings.baseEjectionMillis();
        long millis = Math.min(base * endpoint.timesEjected, Math.max(MAX_EJECTION_MILLIS, base));
        endpoint.ejectedUntilNanos = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(millis);
        endpoint.ejected = true;
        version++;
    }

    /** Lets endpoints return whose time is over. To be called once an interval. */
    synchronized void check() {
        long now = nanos.getAsLong();
        for (EndpointHealth endpoint : endpoints.values()) {
            if (!endpoint.ejected) {
                endpoint.timesEjected = Math.max(0, endpoint.timesEjected - 1);
            } else if (now - endpoint.ejectedUntilNanos >= 0) {
                endpoint.clearCounts();
                endpoint.ejected = false;
                ejectedCount--;
                version++;
            }
        }
    }

    synchronized List<Ejected> ejected() {
        long now = nanos.getAsLong();
        List<Ejected> out = new ArrayList<>();
        endpoints.forEach((endpoint, health) -> {
            if (health.ejected) {
                long left = TimeUnit.NANOSECONDS.toMillis(health.ejectedUntilNanos - now);
                out.add(new Ejected(endpoint, Math.max(0, left), health.timesEjected));
            }
        });
        return out;
    }

    /** How often an endpoint was taken out. */
    synchronized long ejections() {
        return ejections;
    }

    /** How often one was not, because too many were out. */
    synchronized long refusals() {
        return refusals;
    }
}
