package io.signalbox.agent.upstream;

import io.signalbox.agent.balance.Place;
import io.signalbox.agent.balance.Preference;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.routing.PreparedBackend;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One form of a backend, ready for the event loops: its endpoints resolved, its preferences and hash tables built. Made
 * off the loops whenever the snapshot, a name's addresses or the agent's place change. Immutable but for a cache.
 */
public final class BackendPlan {
    private static final InetAddress NO_ADDRESS = new InetSocketAddress(0).getAddress();

    private final PreparedBackend prepared;
    private final long revision;
    private final EndpointScope scope;
    private final RetryGate retries;
    private final Place place;
    private final List<BackendEndpoint> endpoints;
    private final List<String> labelsThatCount;
    private final Map<List<String>, Preference> preferences = new ConcurrentHashMap<>();

    /**
     * @param revision greater than that of every plan before
     * @param endpoints resolved, but for those whose name is looked up for every connection
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

    /** Resolved, but for those whose name is looked up for every connection. */
    List<BackendEndpoint> endpoints() {
        return endpoints;
    }

    /** Where endpoints are; those whose name is looked up for every connection at {@link #unresolved}. */
    List<Endpoint> addresses() {
        return addresses(endpoints);
    }

    static List<Endpoint> addresses(List<BackendEndpoint> endpoints) {
        return endpoints.stream().map(BackendPlan::address).toList();
    }

    static Endpoint address(BackendEndpoint endpoint) {
        Endpoint resolved = endpoint.resolved();
        return resolved == null ? unresolved(endpoint.port()) : resolved;
    }

    /** What stands for the address where a name is looked up for every connection. */
    static Endpoint unresolved(int port) {
        return new Endpoint(NO_ADDRESS, port);
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
