package io.signalbox.configservice.wire;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.PortUpdate;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The updates to one version of a port, as bytes: each is made when the first agent needs it and shared by all that
 * start from the same version. Safe on any thread.
 */
public final class PortUpdates {
    private final EncodedPort port;
    private final List<EncodedPort> history;
    private final ConcurrentMap<Version, Update> known = new ConcurrentHashMap<>();

    /**
     * One update.
     *
     * @param bytes a serialized {@code PortUpdate}
     * @param isFull whether it is the whole port
     */
    public record Update(ByteString bytes, boolean isFull) {}

    /** Updates to {@code port} from those of {@code history}. */
    PortUpdates(EncodedPort port, List<EncodedPort> history) {
        this.port = port;
        this.history = history;
    }

    /** What they lead to. */
    EncodedPort port() {
        return port;
    }

    /**
     * The update for an agent: a delta from what it holds where that is still known, else the whole.
     *
     * @param held {@link Version#NONE}: nothing
     */
    public Update from(Version held) {
        EncodedPort base = history.stream()
                .filter(candidate -> candidate.version().equals(held))
                .findFirst()
                .orElse(null);
        PortUpdate.Builder update = PortUpdate.newBuilder().setPort(port.port());
        return known.computeIfAbsent(
                base == null ? Version.NONE : held,
                _ -> new Update(
                        (base == null ? update.setFull(port.full()) : update.setDelta(port.deltaFrom(base)))
                                .build()
                                .toByteString(),
                        base == null));
    }
}
