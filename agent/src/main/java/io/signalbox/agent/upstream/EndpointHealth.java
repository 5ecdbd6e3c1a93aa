package io.signalbox.agent.upstream;

import io.signalbox.agent.model.OutlierDetection;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How one endpoint of one backend has answered, over all event loops. Thread-safe. While an endpoint answers well, a
 * response costs three reads.
 */
final class EndpointHealth {
    private final OutlierDetector detector;
    private final AtomicInteger serverErrors = new AtomicInteger();
    private final AtomicInteger gatewayErrors = new AtomicInteger();
    private final AtomicInteger localFailures = new AtomicInteger();

    /** Written under the detector's lock. */
    volatile boolean ejected;

    /** Guarded by the detector; likewise the next. */
    long ejectedUntilNanos;

    int timesEjected;

    EndpointHealth(OutlierDetector detector) {
        this.detector = detector;
    }

    /** A response began, with this HTTP status. */
    void responded(int status) {
        OutlierDetection settings = detector.settings();
        clear(localFailures);
        if (status < 500) {
            clear(gatewayErrors);
            clear(serverErrors);
            return;
        }
        serverError(status >= 502 && status <= 504, settings);
    }

    /** An opaque connection is open. */
    void connected() {
        clear(localFailures);
        if (!detector.settings().splitLocalErrors()) {
            clear(gatewayErrors);
            clear(serverErrors);
        }
    }

    void failed() {
        OutlierDetection settings = detector.settings();
        if (settings.splitLocalErrors()) {
            count(localFailures, settings.consecutiveLocalFailures());
        } else {
            serverError(true, settings);
        }
    }

    private void serverError(boolean gateway, OutlierDetection settings) {
        if (gateway) {
            count(gatewayErrors, settings.consecutiveGatewayErrors());
        } else {
            clear(gatewayErrors);
        }
        count(serverErrors, settings.consecutive5xx());
    }

    private void count(AtomicInteger errors, int limit) {
        if (limit > 0 && errors.incrementAndGet() >= limit) {
            errors.set(0);
            detector.eject(this);
        }
    }

    void clearCounts() {
        clear(serverErrors);
        clear(gatewayErrors);
        clear(localFailures);
    }

    private static void clear(AtomicInteger errors) {
        if (errors.getPlain() != 0) {
            errors.set(0);
        }
    }
}
