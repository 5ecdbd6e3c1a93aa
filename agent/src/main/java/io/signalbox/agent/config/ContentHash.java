package io.signalbox.agent.config;

import io.signalbox.agent.model.Version;
import io.signalbox.config.v1.NodeWorkloads;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;

/** Versions as {@code snapshot.proto} and {@code workload.proto} define them. */
final class ContentHash {
    /** Orders names as their UTF-8 bytes, which is the order of their code points. */
    static final Comparator<String> NAME_ORDER = ContentHash::compareNames;

    private static final int VERSION_BYTES = 16;

    private ContentHash() {}

    /** SHA-256 of one serialized resource. */
    static byte[] of(ByteBuffer serialized) {
        MessageDigest digest = sha256();
        digest.update(serialized);
        return digest.digest();
    }

    /** The version of a port snapshot: its resources are passed in the order of their names. */
    static Version ofPort(int port, Collection<HeldResource> resources) {
        MessageDigest digest = sha256();
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(port).flip());
        for (HeldResource resource : resources) {
            digest.update(resource.hash());
        }
        return version(digest);
    }

    /** The version of a node's workloads: of all but the version itself. */
    static Version ofWorkloads(NodeWorkloads workloads) {
        MessageDigest digest = sha256();
        digest.update(workloads.toBuilder().clearVersion().build().toByteArray());
        return version(digest);
    }

    private static Version version(MessageDigest digest) {
        return new Version(HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    // A surrogate stands for a code point above all that a single char can hold, but its value is not above theirs.
    private static int compareNames(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char left = a.charAt(i);
            char right = b.charAt(i);
            if (left != right) {
                boolean leftIsSurrogate = Character.isSurrogate(left);
                if (leftIsSurrogate != Character.isSurrogate(right)) {
                    return leftIsSurrogate ? 1 : -1;
                }
                return Character.compare(left, right);
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
