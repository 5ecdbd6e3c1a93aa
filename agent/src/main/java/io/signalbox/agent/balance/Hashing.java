package io.signalbox.agent.balance;

/**
 * xxHash64 (Y. Collet) with seed 0. The hash of a key must be the same on every agent and for every form that a text
 * comes in, so text counts as its characters' low bytes, as header values are.
 */
public final class Hashing {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;

    /** As 64 bits hold it. */
    private static final long SUM_OF_P1_AND_P2 = 0x60EA27EEADC0B5D6L;

    private Hashing() {}

    /** Hash of a text of ISO 8859-1 characters. Makes no object. */
    public static long hash(CharSequence text) {
        return hash(text, 0, text.length());
    }

    /** Hash of the characters in {@code [from, to)}. Makes no object. */
    public static long hash(CharSequence text, int from, int to) {
        int length = to - from;
        int i = from;
        long h;
        if (length >= 32) {
            long a = SUM_OF_P1_AND_P2;
            long b = P2;
            long c = 0;
            long d = -P1;
            do {
                a = round(a, eight(text, i));
                b = round(b, eight(text, i + 8));
                c = round(c, eight(text, i + 16));
                d = round(d, eight(text, i + 24));
                i += 32;
            } while (i <= to - 32);
            h = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
            h = merge(merge(merge(merge(h, a), b), c), d);
        } else {
            h = P5;
        }
        h += length;
        for (; i <= to - 8; i += 8) {
            h = Long.rotateLeft(h ^ round(0, eight(text, i)), 27) * P1 + P4;
        }
        if (i <= to - 4) {
            h = Long.rotateLeft(h ^ four(text, i) * P1, 23) * P2 + P3;
            i += 4;
        }
        for (; i < to; i++) {
            h = Long.rotateLeft(h ^ (text.charAt(i) & 0xff) * P5, 11) * P1;
        }
        return mix(h);
    }

    /** Spreads a number over all bits. */
    static long mix(long value) {
        long h = value;
        h = (h ^ (h >>> 33)) * P2;
        h = (h ^ (h >>> 29)) * P3;
        return h ^ (h >>> 32);
    }

    private static long round(long accumulator, long input) {
        return Long.rotateLeft(accumulator + input * P2, 31) * P1;
    }

    private static long merge(long hash, long accumulator) {
        return (hash ^ round(0, accumulator)) * P1 + P4;
    }

    private static long eight(CharSequence text, int at) {
        return four(text, at) | four(text, at + 4) << 32;
    }

    private static long four(CharSequence text, int at) {
        return (text.charAt(at) & 0xffL)
                | (text.charAt(at + 1) & 0xffL) << 8
                | (text.charAt(at + 2) & 0xffL) << 16
                | (text.charAt(at + 3) & 0xffL) << 24;
    }
}
