package io.signalbox.configservice.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.kubernetes.ApiRequests;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes part in the election of the replica that writes, again and again, until it is closed. */
final class Leadership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Leadership.class);

    /** How long the end of the process waits for the API server to take the lease back. */
    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(2);

    private static final String HOLDER = "/spec/holderIdentity";

    private final KubernetesClient client;
    private final ApiRequests requests;
    private final LeaseTerms terms;
    private final Executor executor =
            command -> Thread.ofVirtual().name("lease").start(command);
    private volatile boolean leading;
    private volatile boolean closed;
    private volatile @Nullable CompletableFuture<?> candidacy;
    private @Nullable Thread thread;

    Leadership(KubernetesClient client, ApiRequests requests, LeaseTerms terms) {
        this.client = client;
        this.requests = requests;
        this.terms = terms;
    }

    void start() {
        thread = Thread.ofVirtual().name("leadership").start(this::run);
    }

    /** Whether this replica may write now. */
    boolean isLeading() {
        return leading;
    }

    private void run() {
        try {
            while (!closed) {
                CompletableFuture<?> now = elector().start();
                candidacy = now;
                if (closed) {
                    now.cancel(true);
                }
                try {
                    now.get();
                } catch (ExecutionException | CancellationException e) {
                    log.debug("candidacy ended: identity={} reason={}", terms.identity(), e.toString());
                }
                leading = false;
                if (!closed) {
                    Thread.sleep(terms.retryPeriod());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An elector stands for one candidacy only. */
    private LeaderElector elector() {
        LeaderCallbacks callbacks = new LeaderCallbacks(
                () -> lead(true), () -> lead(false), leader -> log.info("status is written by {}", leader));
        return new LeaderElector(
                client,
                new LeaderElectionConfig(
                        new LeaseLock(terms.namespace(), LeaseTerms.NAME, terms.identity()),
                        terms.duration(),
                        terms.renewDeadline(),
                        terms.retryPeriod(),
                        callbacks,
                        false,
                        LeaseTerms.NAME),
                executor);
    }

    private void lead(boolean now) {
        leading = now && !closed;
        log.info("this replica {} status: identity={}", leading ? "writes" : "no longer writes", terms.identity());
    }

    /** Gives the lease back, so that another replica need not wait until it runs out. */
    @Override
    public void close() {
        closed = true;
        boolean held = leading;
        leading = false;
        CompletableFuture<?> now = candidacy;
        if (now != null) {
            now.cancel(true);
        }
        if (thread != null) {
            thread.interrupt();
        }
        if (held) {
            release();
        }
    }

    /** By itself: the client's own way leaves the holder in place, since its patch cannot say that a field is gone. */
    private void release() {
        ArrayNode operations = JsonNodeFactory.instance.arrayNode();
        operations.addObject().put("op", "test").put("path", HOLDER).put("value", terms.identity());
        operations.addObject().put("op", "remove").put("path", HOLDER);
        Thread releasing = Thread.ofVirtual().name("lease-release").start(() -> {
            try {
                requests.patch(
                        "apis/coordination.k8s.io/v1/namespaces/" + terms.namespace() + "/leases/" + LeaseTerms.NAME,
                        operations);
            } catch (ApiFailure e) {
                log.info("lease not given back, it runs out: reason={}", e.reason());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            releasing.join(RELEASE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
