package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Place;
import io.signalbox.agent.balance.Preference;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.routing.PreparedBackend;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One form of a backend, ready for the event loops: its endpoints resolved, its preferences and hash tables built. Made
 * off the loops whenever the snapshot, a name's addresses or the agent's place change. Immutable but for a cache.
 */
public final class BackendPlan {
    private final PreparedBackend prepared;
    private final long revision;
    private final EndpointScope scope;
    private final RetryGate retries;
    private final Place place;
    private final List<BackendEndpoint> endpoints;
    private final List<Endpoint> addresses;
    private final List<String> labelsThatCount;
    private final Map<List<String>, Preference> preferences = new ConcurrentHashMap<>();

    /**
     * @param revision greater than that of every plan before
     * @param endpoints all resolved
     */
    BackendPlan(
            PreparedBackend prepared,
            long revision,
            EndpointScope scope,
            RetryGate retries,
            Place place,
            List<BackendEndpoint> endpoints) {
        this.prepared = prepared;
        this.revision = revision;
        this.scope = scope;
        this.retries = retries;
        this.place = place;
        this.endpoints = List.copyOf(endpoints);
        this.addresses = endpoints.stream()
                .map(endpoint -> Objects.requireNonNull(endpoint.resolved()))
                .toList();
        this.labelsThatCount = Preference.labelsThatCount(prepared.backend());
        if (labelsThatCount.isEmpty()) {
            preference(List.of());
        }
    }

    PreparedBackend prepared() {
        return prepared;
    }

    long revision() {
        return revision;
    }

    EndpointScope scope() {
        return scope;
    }

    RetryGate retries() {
        return retries;
    }

    Place place() {
        return place;
    }

    List<Endpoint> addresses() {
        return addresses;
    }

    /** Labels of callers that make a difference; empty for most. */
    List<String> labelsThatCount() {
        return labelsThatCount;
    }

    /** What callers with these values of the labels that count prefer. */
    Preference preference(List<String> callerLabels) {
        return preferences.computeIfAbsent(
                callerLabels, labels -> Preference.of(prepared.backend(), endpoints, place, labels));
    }
}
