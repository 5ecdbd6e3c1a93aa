package io.signalbox.loadtest.scale;

import io.signalbox.config.v1.PortDelta;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.Resource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a checked agent holds: the hash of every resource. It hashes the result of every update as the contract says,
 * and tells the change log which changes it sees. Names of generated resources are ASCII, so they are ordered as
 * strings.
 */
final class CheckedContent {
    private static final int VERSION_BYTES = 16;

    private final ChangeLog changes;
    private final Map<Integer, SortedMap<String, byte[]>> ports = new TreeMap<>();
    private long checks;

    CheckedContent(ChangeLog changes) {
        this.changes = changes;
    }

    synchronized void apply(Push push) throws IOException {
        long revision = push.getRevision();
        for (PortUpdate update : push.getPortUpdatesList()) {
            if (update.hasFull()) {
                PortSnapshot full = update.getFull();
                apply(full.getPort(), new TreeMap<>(), full.getResourcesList(), List.of(), full.getVersion(), revision);
            } else {
                PortDelta delta = update.getDelta();
                SortedMap<String, byte[]> held = ports.computeIfAbsent(delta.getPort(), _ -> new TreeMap<>());
                apply(
                        delta.getPort(),
                        held,
                        delta.getUpsertedList(),
                        delta.getRemovedList(),
                        delta.getVersion(),
                        revision);
            }
        }
        push.getRemovedPortsList().forEach(ports::remove);
    }

    private void apply(
            int port,
            SortedMap<String, byte[]> held,
            List<Resource> upserted,
            List<String> removed,
            String version,
            long revision)
            throws IOException {
        held.keySet().removeAll(removed);
        for (Resource resource : upserted) {
            held.put(resource.getName(), sha256().digest(resource.toByteArray()));
            ChangeMarks.of(resource).forEach(change -> changes.arrived(change, revision));
        }
        ports.put(port, held);
        String actual = version(port, held);
        checks++;
        if (!actual.equals(version)) {
            throw new IOException("port " + port + ": content has version " + actual + " (expected: " + version + ")");
        }
    }

    private static String version(int port, SortedMap<String, byte[]> held) {
        MessageDigest digest = sha256();
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(port).flip());
        held.values().forEach(digest::update);
        return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), VERSION_BYTES));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** How many versions were compared with the hash of the content. */
    synchronized long checks() {
        return checks;
    }

    /** Hash by name of resource, by port, in hexadecimal. */
    synchronized Map<Integer, Map<String, String>> hashes() {
        Map<Integer, Map<String, String>> copy = new TreeMap<>();
        ports.forEach((port, held) -> {
            Map<String, String> hashes = new TreeMap<>();
            held.forEach((name, hash) -> hashes.put(name, HexFormat.of().formatHex(hash)));
            copy.put(port, hashes);
        });
        return copy;
    }
}
