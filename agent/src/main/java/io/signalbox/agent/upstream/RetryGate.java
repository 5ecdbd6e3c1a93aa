package io.signalbox.agent.upstream;

import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.RetryBudget;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Keeps retries towards one backend from multiplying its load when it fails. Thread-safe, over all event loops. A
 * budget replaces the fixed limit, as in Envoy. It is not asked for what has not reached an endpoint: trying that again
 * loads no backend, and an endpoint that is gone must not cost its requests.
 */
final class RetryGate {
    private final AtomicInteger running = new AtomicInteger();
    private final LongAdder refused = new LongAdder();

    /**
     * Whether another retry may run now; it must then be {@linkplain #ended ended}.
     *
     * @param reached whether the attempt before may have reached its endpoint
     * @param activeRequests counts what runs on the backend's endpoints; only asked when it matters
     */
    boolean tryStart(Backend backend, boolean reached, LongSupplier activeRequests) {
        int now = running.incrementAndGet();
        RetryBudget budget = backend.retryBudget();
        int fixed = backend.connectionPool().maxRetries();
        boolean allowed = budget == null
                ? fixed == 0 || now <= fixed
                : !reached
                        || now <= budget.minimum()
                        || now * 1_000_000L <= budget.perMillion() * activeRequests.getAsLong();
        if (!allowed) {
            running.decrementAndGet();
            refused.increment();
        }
        return allowed;
    }

    void ended() {
        running.decrementAndGet();
    }

    /** Retries that run now. */
    int running() {
        return running.get();
    }

    /** How often a retry was not allowed. */
    long refused() {
        return refused.sum();
    }
}
