package io.signalbox.configservice.testkit;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.HeldPort;
import io.signalbox.config.v1.PortDelta;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.Resource;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an agent does with pushes, written from the contract's text alone: it holds resources by name, applies deltas,
 * and proves every version by its hash.
 */
public final class FakeAgent {
    private final Map<Integer, Map<String, Resource>> resources = new TreeMap<>();
    private final Map<Integer, String> versions = new TreeMap<>();
    private String workloadsVersion = "";

    /** Applies a push whole, or fails the test. */
    public void apply(Push push) {
        push.getPortUpdatesList().forEach(this::apply);
        push.getRemovedPortsList().forEach(port -> {
            resources.remove(port);
            versions.remove(port);
        });
        if (push.hasWorkloads()) {
            workloadsVersion = push.getWorkloads().getVersion();
        }
    }

    /** Applies one port's update, or fails the test. */
    public void apply(PortUpdate update) {
        switch (update.getContentCase()) {
            case FULL -> apply(update.getFull());
            case DELTA -> apply(update.getDelta());
            case CONTENT_NOT_SET -> throw new AssertionError("an update without content: " + update);
        }
    }

    /** Applies a full snapshot. */
    public void apply(PortSnapshot full) {
        Map<String, Resource> byName = new TreeMap<>(FakeAgent::compareUtf8);
        full.getResourcesList().forEach(resource -> byName.put(resource.getName(), resource));
        put(full.getPort(), byName, full.getVersion());
    }

    /** Applies a delta. */
    public void apply(PortDelta delta) {
        if (!delta.getFromVersion().equals(versions.get(delta.getPort()))) {
            throw new AssertionError("delta from " + delta.getFromVersion() + " but holds " + versions);
        }
        Map<String, Resource> byName = new TreeMap<>(FakeAgent::compareUtf8);
        byName.putAll(resources.getOrDefault(delta.getPort(), Map.of()));
        delta.getRemovedList().forEach(byName::remove);
        delta.getUpsertedList().forEach(resource -> byName.put(resource.getName(), resource));
        put(delta.getPort(), byName, delta.getVersion());
    }

    private void put(int port, Map<String, Resource> byName, String version) {
        String actual = version(port, List.copyOf(byName.values()));
        if (!actual.equals(version)) {
            throw new AssertionError("port " + port + " hashes to " + actual + ", not to " + version);
        }
        resources.put(port, byName);
        versions.put(port, version);
    }

    private static int compareUtf8(String left, String right) {
        return ByteString.unsignedLexicographicalComparator()
                .compare(ByteString.copyFromUtf8(left), ByteString.copyFromUtf8(right));
    }

    /** The version of these resources, ordered by name, as snapshot.proto defines it. */
    public static String version(int port, List<Resource> resources) {
        MessageDigest digest = sha256();
        digest.update(ByteBuffer.allocate(4).putInt(port).array());
        resources.forEach(resource -> digest.update(sha256().digest(resource.toByteArray())));
        return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), 16));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Versions held, by port. */
    public Map<Integer, String> versions() {
        return versions;
    }

    /** The version held of a port; empty: none. */
    public String version(int port) {
        return versions.getOrDefault(port, "");
    }

    /** Versions held, as Hello names them. */
    public List<HeldPort> heldPorts() {
        return versions.entrySet().stream()
                .map(entry -> HeldPort.newBuilder()
                        .setPort(entry.getKey())
                        .setVersion(entry.getValue())
                        .build())
                .toList();
    }

    /** Version of the workloads held; empty: none. */
    public String workloadsVersion() {
        return workloadsVersion;
    }
}
