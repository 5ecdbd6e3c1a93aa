package io.signalbox.agent.config;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the control side counts. Written by the control thread, read by any. */
public final class ConfigStats {
    /** Where what is served came from. */
    public enum Source {
        /** Nothing has been applied. */
        NONE,
        /** The copy on disk. */
        LAST_KNOWN_GOOD,
        /** A stream of the config service, at some time since the agent started. */
        CONFIG_SERVICE;

        /** As logs and JSON show it: {@code config-service}. */
        public String text() {
            return switch (this) {
                case NONE -> "none";
                case LAST_KNOWN_GOOD -> "last-known-good";
                case CONFIG_SERVICE -> "config-service";
            };
        }
    }

    /**
     * The replica that a stream is open to.
     *
     * @param address name and, where it differs, IP address
     * @param instance its own name
     */
    public record Followed(String address, String instance) {}

    /** Pushes received. */
    public final LongAdder pushes = new LongAdder();
    /** Pushes answered with an ack. */
    public final LongAdder acks = new LongAdder();
    /** Pushes answered with a nack. */
    public final LongAdder nacks = new LongAdder();
    /** Pushes whose workloads were not taken; the contract has no answer for these. */
    public final LongAdder workloadsRefused = new LongAdder();
    /** Streams that were opened and got a welcome. */
    public final LongAdder streams = new LongAdder();
    /** Attempts to connect that failed, and streams that ended. */
    public final LongAdder disconnects = new LongAdder();
    /** Time from the receipt of a push until it was in force; nanoseconds, over all pushes that changed something. */
    public final LongAdder applyNanos = new LongAdder();
    /** Pushes that changed something. */
    public final LongAdder applies = new LongAdder();
    /** Copies written to disk. */
    public final LongAdder lastKnownGoodWrites = new LongAdder();
    /** Copies that could not be written. */
    public final LongAdder lastKnownGoodFailures = new LongAdder();

    private final Map<Integer, LongAdder> pushBytes = new ConcurrentHashMap<>();
    private volatile @Nullable Followed followed;
    private volatile Source source = Source.NONE;
    private volatile long lastAppliedEpochMillis;
    private volatile long lastHeardEpochMillis;
    private volatile String revision = "";

    /** Counts the serialized size of what was received for a port. */
    void received(int port, int bytes) {
        pushBytes.computeIfAbsent(port, p -> new LongAdder()).add(bytes);
    }

    void following(@Nullable Followed replica) {
        followed = replica;
    }

    void applied(Source from, long epochMillis) {
        lastAppliedEpochMillis = epochMillis;
        source = from;
    }

    void heard(long epochMillis) {
        lastHeardEpochMillis = epochMillis;
    }

    void revision(long ofRegistry) {
        revision = Long.toUnsignedString(ofRegistry);
    }

    /** Revision of the registry that the last push was compiled from; empty when there was none. */
    public String revision() {
        return revision;
    }

    /** Bytes of port updates by port, as serialized in pushes; a live view with at most one entry per port number. */
    public Map<Integer, LongAdder> pushBytes() {
        return pushBytes;
    }

    /** Whether a stream is open and has been welcomed. */
    public boolean isConnected() {
        return followed != null;
    }

    /** The replica that the stream is open to; null without a stream. */
    public @Nullable Followed followed() {
        return followed;
    }

    /** Where what is served came from. */
    public Source source() {
        return source;
    }

    /** When something was last applied; 0 when nothing was. */
    public long lastAppliedEpochMillis() {
        return lastAppliedEpochMillis;
    }

    /** When the config service last said anything, heartbeats included; 0 when it never did. */
    public long lastHeardEpochMillis() {
        return lastHeardEpochMillis;
    }
}
