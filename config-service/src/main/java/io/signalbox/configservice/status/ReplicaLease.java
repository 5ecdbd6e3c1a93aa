package io.signalbox.configservice.status;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.kubernetes.ApiRequests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Lease by which this replica says that it lives, and what its agents hold: written when that is new, at most once
 * a second, and often enough not to run out. On a thread of its own, so that nothing else that is written delays it.
 */
final class ReplicaLease implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReplicaLease.class);

    /** How often the agents' answers are looked at. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** The lease is renewed this many times before it would run out. */
    private static final int RENEWALS = 3;

    /** How long the end of the process waits for the API server to remove the lease. */
    private static final Duration REMOVAL_TIMEOUT = Duration.ofSeconds(2);

    private static final int HASH_BYTES = 8;

    private final ApiRequests requests;
    private final LeaseTerms terms;
    private final Supplier<AgentStatement> statement;
    private final InstantSource clock;
    private final LongSupplier nanoClock;
    private final String name;
    private String written = "";
    private long writtenNanos;
    private boolean failing;
    private @Nullable Thread thread;

    /** A lease that nobody wrote yet. */
    ReplicaLease(
            ApiRequests requests,
            LeaseTerms terms,
            Supplier<AgentStatement> statement,
            InstantSource clock,
            LongSupplier nanoClock) {
        this.requests = requests;
        this.terms = terms;
        this.statement = statement;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.name = LeaseTerms.NAME + "-" + hash(terms.identity());
    }

    void start() {
        thread = Thread.ofVirtual().name("replica-lease").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                writeOnce();
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeOnce() throws InterruptedException {
        try {
            String text = statement.get().encoded();
            long age = nanoClock.getAsLong() - writtenNanos;
            if (!text.equals(written) || age > terms.duration().toNanos() / RENEWALS) {
                write(text);
                written = text;
                writtenNanos = nanoClock.getAsLong();
                failing = false;
            }
        } catch (ApiFailure e) {
            if (!failing) {
                log.warn("other replicas are not told what the agents hold, tried again: reason={}", e.reason());
            }
            failing = true;
        } catch (RuntimeException e) {
            log.error("other replicas are not told what the agents hold; this is a bug", e);
        }
    }

    private void write(String text) throws ApiFailure, InterruptedException {
        ObjectNode lease = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = lease.putObject("metadata");
        metadata.putObject("labels").put(ReplicaLeases.LABEL, ReplicaLeases.LABEL_VALUE);
        metadata.putObject("annotations").put(ReplicaLeases.STATEMENT, text);
        lease.putObject("spec")
                .put("holderIdentity", terms.identity())
                .put("leaseDurationSeconds", Math.max(1, terms.duration().toSeconds()))
                .put("renewTime", MicroTime.of(clock.instant()));
        try {
            requests.merge(path(), lease);
        } catch (ApiFailure e) {
            if (e.code() != ApiFailure.NOT_FOUND) {
                throw e;
            }
            metadata.put("name", name).put("namespace", terms.namespace());
            lease.put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
            requests.create(ReplicaLeases.collection(terms), lease);
        }
    }

    private String path() {
        return ReplicaLeases.collection(terms) + "/" + name;
    }

    /** Removes the lease, so that nobody waits for what this replica's agents hold. */
    @Override
    public void close() {
        Thread running = thread;
        if (running == null) {
            return;
        }
        running.interrupt();
        Thread removal = Thread.ofVirtual().name("replica-lease-removal").start(() -> remove(running));
        try {
            removal.join(REMOVAL_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void remove(Thread running) {
        try {
            running.join();
            requests.delete(path());
        } catch (ApiFailure e) {
            if (e.code() != ApiFailure.NOT_FOUND) {
                log.info("lease of this replica not removed, it runs out: reason={}", e.reason());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
