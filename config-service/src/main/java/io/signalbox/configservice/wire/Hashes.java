package io.signalbox.configservice.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The hashes of the contract; how they are made stands in its {@code snapshot.proto} and {@code workload.proto}. */
final class Hashes {
    private static final int VERSION_BYTES = 16;

    private Hashes() {}

    /** SHA-256 of the serialized message; fields in the order of their numbers, and the contract has no maps. */
    static byte[] sha256(MessageLite message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the right size cannot be too short", e);
        }
        return newDigest().digest(bytes);
    }

    static Version portVersion(int port, Iterable<EncodedResource> orderedByName) {
        MessageDigest digest = newDigest();
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(port).array());
        for (EncodedResource resource : orderedByName) {
            update(digest, resource.hash());
        }
        return version(digest.digest());
    }

    /** Of the workloads of a node as they are serialized without their version. */
    static Version workloadsVersion(MessageLite withoutVersion) {
        return version(sha256(withoutVersion));
    }

    private static void update(MessageDigest digest, ByteString hash) {
        digest.update(hash.asReadOnlyByteBuffer());
    }

    private static Version version(byte[] hash) {
        return new Version(HexFormat.of().formatHex(Arrays.copyOf(hash, VERSION_BYTES)));
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
