package io.signalbox.configservice.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.configservice.kubernetes.ApiFailure;
import io.signalbox.configservice.kubernetes.ApiRequests;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the other replicas say of their agents. A replica counts while its lease is renewed: that is seen by its renewal
 * changing, whatever the replica's clock says. Confined to one thread.
 */
final class ReplicaLeases {
    /** Tells the replicas' leases from others. */
    static final String LABEL = "signalbox.io/lease";

    static final String LABEL_VALUE = "config-service-replica";

    /** The annotation that holds an {@link AgentStatement}. */
    static final String STATEMENT = "signalbox.io/agents";

    private static final Logger log = LoggerFactory.getLogger(ReplicaLeases.class);

    /** How often leases are looked at. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A lease that ran out is removed once it was not renewed for this many times its duration. */
    private static final int ABANDONED = 40;

    /** One that says nothing that could be understood: as good as agents that have yet to take over anything. */
    private static final AgentStatement UNINTELLIGIBLE = new AgentStatement(1, new TreeMap<>());

    /** When a renewal was first seen. */
    private record Seen(String renewal, long nanos) {}

    private final ApiRequests requests;
    private final LeaseTerms terms;
    private final LongSupplier nanoClock;
    private final ObjectMapper json;
    private final Map<String, Seen> seen = new HashMap<>();
    private SortedMap<String, AgentStatement> live = new TreeMap<>();
    private boolean isRead;
    private long readNanos;

    /** Leases that nobody looked at yet. */
    ReplicaLeases(ApiRequests requests, LeaseTerms terms, LongSupplier nanoClock) {
        this.requests = requests;
        this.terms = terms;
        this.nanoClock = nanoClock;
        this.json = requests.json();
    }

    /** Where leases are. */
    static String collection(LeaseTerms terms) {
        return "apis/coordination.k8s.io/v1/namespaces/" + terms.namespace() + "/leases";
    }

    /**
     * The statements of the other replicas that live, by their identity; at most a second old.
     *
     * @throws ApiFailure when the API server cannot be asked
     */
    SortedMap<String, AgentStatement> statements() throws ApiFailure, InterruptedException {
        if (!isRead || nanoClock.getAsLong() - readNanos >= INTERVAL.toNanos()) {
            read();
        }
        return live;
    }

    private void read() throws ApiFailure, InterruptedException {
        JsonNode leases = requests.object(collection(terms) + "?labelSelector=" + LABEL + "%3D" + LABEL_VALUE);
        long now = nanoClock.getAsLong();
        SortedMap<String, AgentStatement> found = new TreeMap<>();
        Set<String> present = new HashSet<>();
        for (JsonNode lease : leases.path("items")) {
            String identity = lease.at("/spec/holderIdentity").asText("");
            if (identity.equals(terms.identity())) {
                continue;
            }
            String name = lease.at("/metadata/name").asText("");
            String renewal = lease.at("/spec/renewTime").asText("");
            present.add(name);
            Seen before = seen.get(name);
            if (before == null || !before.renewal.equals(renewal)) {
                before = new Seen(renewal, now);
                seen.put(name, before);
            }
            long age = now - before.nanos;
            if (age < terms.duration().toNanos()) {
                found.put(identity, statement(lease));
            } else if (age > ABANDONED * terms.duration().toNanos()) {
                remove(name, identity);
            }
        }
        seen.keySet().retainAll(present);
        live = found;
        isRead = true;
        readNanos = now;
    }

    private AgentStatement statement(JsonNode lease) {
        AgentStatement statement = AgentStatement.decoded(
                lease.path("metadata").path("annotations").path(STATEMENT).asText(""), json);
        return statement == null ? UNINTELLIGIBLE : statement;
    }

    private void remove(String name, String identity) throws ApiFailure, InterruptedException {
        try {
            requests.delete(collection(terms) + "/" + name);
            log.info("lease of a replica that is gone removed: replica={}", identity);
        } catch (ApiFailure e) {
            if (e.code() != ApiFailure.NOT_FOUND) {
                throw e;
            }
        }
    }
}
