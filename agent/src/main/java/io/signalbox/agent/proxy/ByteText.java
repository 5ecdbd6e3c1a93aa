package io.signalbox.agent.proxy;

import java.nio.charset.StandardCharsets;

/** Bytes as a {@link CharSequence} without a copy, one character each: valid until it is pointed elsewhere. */
public final class ByteText implements CharSequence {
    private static final byte[] NONE = {};

    private byte[] bytes = NONE;
    private int from;
    private int to;

    /** Points to {@code [textFrom, textTo)}; returns this. */
    public ByteText pointTo(byte[] text, int textFrom, int textTo) {
        bytes = text;
        from = textFrom;
        to = textTo;
        return this;
    }

    @Override
    public int length() {
        return to - from;
    }

    @Override
    public char charAt(int index) {
        if (index < 0 || index >= to - from) {
            throw new IndexOutOfBoundsException(index);
        }
        return (char) (bytes[from + index] & 0xff);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return toString().substring(start, end);
    }

    @Override
    public String toString() {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
