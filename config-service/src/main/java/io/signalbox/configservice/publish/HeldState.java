package io.signalbox.configservice.publish;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.Hello;
import io.signalbox.config.v1.Nack;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.RefusalKind;
import io.signalbox.config.v1.RefusedPort;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.EncodedWorkloads;
import io.signalbox.configservice.wire.PortUpdates;
import io.signalbox.configservice.wire.Published;
import io.signalbox.configservice.wire.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one agent holds, as it said in Hello, Ack and Nack, and the push that comes next. No IO, no clock; not safe for
 * use by several threads, the session guards it.
 */
final class HeldState {
    /** Content of one push beyond which further ports wait for the next one. A single port may be larger. */
    static final int SOFT_MAX_PUSH_BYTES = 2 * 1024 * 1024;

    /** A port update that was refused for what it says: not sent again while the port has that version. */
    record Refusal(Version version, String reason) {}

    private record InFlight(
            String nonce,
            Map<Integer, Version> versions,
            Set<Integer> sentInFull,
            List<Integer> removedPorts,
            @Nullable Version workloads) {}

    private final String node;
    private final SortedMap<Integer, Version> held = new TreeMap<>();
    private final Map<Integer, Refusal> refusals = new HashMap<>();
    private final Set<Integer> fullWanted = new HashSet<>();
    private final SortedMap<Integer, Long> sentBytes = new TreeMap<>();
    private Version heldWorkloads;
    private @Nullable InFlight inFlight;
    private long pushes;

    HeldState(Hello hello) {
        node = hello.getNode();
        hello.getHeldPortsList().forEach(port -> held.put(port.getPort(), new Version(port.getVersion())));
        heldWorkloads = new Version(hello.getHeldWorkloadsVersion());
    }

    /**
     * The push that brings the agent to what is published, or nearer; empty when there is nothing to say or one is in
     * flight. The first one is made also when it says nothing, which tells the agent that it is up to date.
     */
    Optional<EncodedPush> next(Published published) {
        if (inFlight != null) {
            return Optional.empty();
        }
        List<ByteString> updates = new ArrayList<>();
        Map<Integer, Version> versions = new HashMap<>();
        Set<Integer> sentInFull = new HashSet<>();
        long bytes = 0;
        for (EncodedPort port : published.ports().values()) {
            if (isWanted(port) && bytes < SOFT_MAX_PUSH_BYTES) {
                PortUpdates.Update update = update(port, published);
                bytes += update.bytes().size();
                sentBytes.merge(port.port(), (long) update.bytes().size(), Long::sum);
                updates.add(update.bytes());
                versions.put(port.port(), port.version());
                if (update.isFull()) {
                    sentInFull.add(port.port());
                }
            }
        }
        List<Integer> removed = held.keySet().stream()
                .filter(port -> !published.ports().containsKey(port))
                .toList();
        EncodedWorkloads workloads = published.workloads(node);
        boolean workloadsChanged = !workloads.version().equals(heldWorkloads);
        if (pushes > 0 && versions.isEmpty() && removed.isEmpty() && !workloadsChanged) {
            return Optional.empty();
        }
        pushes++;
        String nonce = Long.toString(pushes);
        inFlight = new InFlight(nonce, versions, sentInFull, removed, workloadsChanged ? workloads.version() : null);
        Push.Builder own = Push.newBuilder()
                .setNonce(nonce)
                .setRevision(published.revision().value())
                .addAllRemovedPorts(removed);
        if (workloadsChanged) {
            own.setWorkloads(workloads.message());
        }
        return Optional.of(new EncodedPush(own.build(), updates));
    }

    private boolean isWanted(EncodedPort port) {
        if (port.version().equals(held.get(port.port()))) {
            return false;
        }
        Refusal refusal = refusals.get(port.port());
        return refusal == null || !refusal.version().equals(port.version());
    }

    private PortUpdates.Update update(EncodedPort port, Published published) {
        Version from = fullWanted.contains(port.port()) ? Version.NONE : held.getOrDefault(port.port(), Version.NONE);
        return published.update(port.port(), from);
    }

    /** The agent applied the push. False when no push of that name is in flight. */
    boolean ack(String nonce) {
        InFlight push = inFlight;
        if (push == null || !push.nonce.equals(nonce)) {
            return false;
        }
        applied(push);
        return true;
    }

    /** The agent applied the push but for some ports. False when no push of that name is in flight. */
    boolean nack(Nack nack) {
        InFlight push = inFlight;
        if (push == null || !push.nonce.equals(nack.getNonce())) {
            return false;
        }
        applied(push);
        for (RefusedPort refused : nack.getRefusedPortsList()) {
            refuse(refused, push);
        }
        return true;
    }

    private void applied(InFlight push) {
        held.putAll(push.versions);
        fullWanted.removeAll(push.versions.keySet());
        refusals.keySet().removeAll(push.versions.keySet());
        held.keySet().removeAll(push.removedPorts);
        refusals.keySet().removeAll(push.removedPorts);
        if (push.workloads != null) {
            heldWorkloads = push.workloads;
        }
        inFlight = null;
    }

    private void refuse(RefusedPort refused, InFlight push) {
        int port = refused.getPort();
        Version offered = push.versions.get(port);
        if (offered == null) {
            return;
        }
        if (refused.getHeldVersion().isEmpty()) {
            held.remove(port);
        } else {
            held.put(port, new Version(refused.getHeldVersion()));
        }
        // A full snapshot that does not match would not match a second time either.
        if (refused.getKind() == RefusalKind.REFUSAL_KIND_DELTA_MISMATCH && !push.sentInFull.contains(port)) {
            fullWanted.add(port);
        } else {
            refusals.put(port, new Refusal(offered, refused.getReason()));
        }
    }

    boolean hasPushInFlight() {
        return inFlight != null;
    }

    /** Versions that the agent holds, by port. */
    SortedMap<Integer, Version> held() {
        return new TreeMap<>(held);
    }

    /** What the agent does not want, by port. */
    Map<Integer, Refusal> refusals() {
        return Map.copyOf(refusals);
    }

    /** Bytes of port updates sent on this stream, by port. */
    SortedMap<Integer, Long> sentBytes() {
        return new TreeMap<>(sentBytes);
    }
}
