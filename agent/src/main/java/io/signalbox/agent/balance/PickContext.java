package io.signalbox.agent.balance;

import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a choice of endpoints depends on besides the backend: one object per exchange, used for all its attempts, and
 * for one exchange after another. Confined to its event loop.
 */
public final class PickContext {
    private long hash;
    private boolean hasHash;
    private boolean otherLocalities;
    private @Nullable Load[] tried = new Load[2];
    private int triedCount;
    private long triedGroups;
    private @Nullable Endpoint originalDestination;
    private boolean leadsBack;
    private @Nullable Caller caller;
    private String serverName = "";

    /** Makes it ready for another exchange. */
    public void reset() {
        hash = 0;
        hasHash = false;
        otherLocalities = false;
        Arrays.fill(tried, null);
        triedCount = 0;
        triedGroups = 0;
        originalDestination = null;
        caller = null;
        serverName = "";
    }

    /** The hash of the request's key, for consistent hashing. Without one every choice is random. */
    public void hashKey(long keyHash) {
        hash = keyHash;
        hasHash = true;
    }

    /** An endpoint that failed this exchange: it is chosen again only when there is no other. */
    public void avoid(Load endpoint) {
        if (triedCount == tried.length) {
            tried = Arrays.copyOf(tried, triedCount * 2);
        }
        tried[triedCount++] = endpoint.balanced();
    }

    /** From now on groups of endpoints that were chosen from before are left for others, as far as there are any. */
    public void preferOtherLocalities() {
        otherLocalities = true;
    }

    /**
     * Where the caller's connection was going to.
     *
     * @param isAgent whether the agent itself listens there, so that going there would lead back
     */
    public void originalDestination(Endpoint destination, boolean isAgent) {
        originalDestination = destination;
        leadsBack = isAgent;
    }

    /** Who asks; counts where a backend prefers endpoints by the caller's labels. */
    public void caller(@Nullable Caller asking) {
        caller = asking;
    }

    /** Name of the server that the request is for, without port, in lower case; empty: unknown. */
    public void serverName(String name) {
        serverName = name;
    }

    /** Name of the server that the request is for; empty: unknown. */
    public String serverName() {
        return serverName;
    }

    /**
     * Where the caller's connection was going to.
     *
     * @param otherPort in place of the original one; 0: none
     * @return null when that is not known, or would lead back to the agent
     */
    public @Nullable Endpoint originalDestination(int otherPort) {
        Endpoint original = originalDestination;
        if (original == null || (leadsBack && otherPort == 0)) {
            return null;
        }
        return otherPort == 0 ? original : new Endpoint(original.address(), otherPort);
    }

    /**
     * The caller's values of labels. Those of the topology come from the place if the caller does not have them.
     *
     * @param names of labels; {@code name=value} stands for a caller with that value
     */
    public List<String> callerLabels(List<String> names, Place place) {
        List<String> values = new ArrayList<>(names.size());
        for (String name : names) {
            int given = name.indexOf('=');
            Caller asking = caller;
            String own = asking == null ? null : asking.labels().get(name);
            values.add(given >= 0 ? name.substring(given + 1) : own == null ? place.label(name) : own);
        }
        return values;
    }

    boolean hasHash() {
        return hasHash;
    }

    long hash() {
        return hash;
    }

    boolean avoidsAny() {
        return triedCount > 0;
    }

    boolean avoids(Load endpoint) {
        for (int i = 0; i < triedCount; i++) {
            if (endpoint.equals(tried[i])) {
                return true;
            }
        }
        return false;
    }

    boolean leaves(int group) {
        return otherLocalities && (triedGroups & 1L << group) != 0;
    }

    void choseGroup(int group) {
        triedGroups |= 1L << group;
    }
}
