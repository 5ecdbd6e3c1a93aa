package io.signalbox.configservice.source;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How well a registry source knows what is declared, for people and probes.
 *
 * @param kind such as {@code files} or {@code kubernetes}
 * @param synced whether all that exists was read once
 * @param behind whether something may have changed that the source cannot see now; what it saw last stays in force
 * @param parts what it consists of
 */
public record SourceStatus(String kind, boolean synced, boolean behind, List<Part> parts) {
    public SourceStatus {
        parts = List.copyOf(parts);
    }

    /** Whether no part can be followed now that exists. */
    public boolean isCutOff() {
        return parts.stream().anyMatch(part -> part.state() == State.FAILING)
                && parts.stream().noneMatch(part -> part.state() == State.SYNCED);
    }

    /** How it is with a part. */
    public enum State {
        /** Not read yet. */
        LOADING,
        /** Read, and followed. */
        SYNCED,
        /** Not there; to be read once it is. */
        ABSENT,
        /** Cannot be read or followed now. */
        FAILING
    }

    /**
     * A part that is read and fails by itself, such as a kind of objects.
     *
     * @param name for people
     * @param state how it is with it
     * @param objects objects known
     * @param sinceContact since the other side last said anything about it; empty: never
     * @param problem what is wrong; empty: nothing
     */
    public record Part(String name, State state, int objects, Optional<Duration> sinceContact, String problem) {}
}
