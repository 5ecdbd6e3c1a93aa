package io.signalbox.agent.proxy;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** The text of a random UUID (RFC 9562, version 4) for {@code x-request-id}. Drawn anew for every request. */
public final class RequestId {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LENGTH = 36;

    private final byte[] bytes = new byte[LENGTH];
    private final AsciiString text = new AsciiString(bytes, false);

    /** Makes another one. It need not be hard to guess: it names a request, and opens nothing. */
    public void draw(RandomGenerator random) {
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        hex(high >>> 32, 0, 8);
        bytes[8] = '-';
        hex(high >>> 16, 9, 4);
        bytes[13] = '-';
        hex(high, 14, 4);
        bytes[18] = '-';
        hex(low >>> 48, 19, 4);
        bytes[23] = '-';
        hex(low, 24, 12);
        text.arrayChanged();
    }

    private void hex(long value, int at, int digits) {
        for (int i = digits - 1, shift = 0; i >= 0; i--, shift += 4) {
            bytes[at + i] = HEX[(int) (value >>> shift) & 0xf];
        }
    }

    /** The text; valid until the next draw. */
    public AsciiString text() {
        return text;
    }

    /** The same as bytes, not to be changed. */
    public byte[] bytes() {
        return bytes;
    }
}
