package io.signalbox.loadtest.backend;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** Bytes to send and the means to check that they arrived. */
public final class Payloads {
    private static final int BLOCK_BYTES = 64 * 1024;
    private static final byte[] BLOCK = new byte[BLOCK_BYTES];

    static {
        new Random(20261123).nextBytes(BLOCK);
    }

    private Payloads() {}

    /** The first {@code bytes} of the endless test content. */
    public static byte[] bytes(int bytes) {
        byte[] result = new byte[bytes];
        for (int at = 0; at < bytes; at += BLOCK_BYTES) {
            System.arraycopy(BLOCK, 0, result, at, Math.min(BLOCK_BYTES, bytes - at));
        }
        return result;
    }

    /** The same content as a stream, without holding it in memory. */
    public static InputStream stream(long bytes) {
        return new ContentStream(bytes);
    }

    /** SHA-256, in hexadecimal, of the first {@code bytes} of the test content. */
    public static String sha256(long bytes) {
        MessageDigest digest = newSha256();
        for (long left = bytes; left > 0; left -= BLOCK_BYTES) {
            digest.update(BLOCK, 0, (int) Math.min(BLOCK_BYTES, left));
        }
        return hex(digest);
    }

    /** Reads {@code in} to its end and says what came. */
    public static Received drain(InputStream in) throws IOException {
        MessageDigest digest = newSha256();
        byte[] buffer = new byte[BLOCK_BYTES];
        long total = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            digest.update(buffer, 0, read);
            total += read;
        }
        return new Received(total, hex(digest));
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * What was read from a stream.
     *
     * @param bytes how many
     * @param sha256 in hexadecimal
     */
    public record Received(long bytes, String sha256) {
        /** What {@link Payloads#stream} of that length gives. */
        public static Received expected(long bytes) {
            return new Received(bytes, Payloads.sha256(bytes));
        }

        @Override
        public String toString() {
            return bytes + " " + sha256;
        }
    }

    private static final class ContentStream extends InputStream {
        private final long size;
        private long position;

        ContentStream(long size) {
            this.size = size;
        }

        @Override
        public int read() {
            return position == size ? -1 : BLOCK[(int) (position++ % BLOCK_BYTES)] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (position == size) {
                return -1;
            }
            int inBlock = (int) (position % BLOCK_BYTES);
            int count = (int) Math.min(Math.min(length, BLOCK_BYTES - inBlock), size - position);
            System.arraycopy(BLOCK, inBlock, target, offset, count);
            position += count;
            return count;
        }
    }
}
