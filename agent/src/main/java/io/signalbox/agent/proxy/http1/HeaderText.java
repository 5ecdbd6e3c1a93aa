package io.signalbox.agent.proxy.http1;

import org.jspecify.annotations.Nullable;

/** A header value as a {@link CharSequence} without a copy: valid until it is pointed elsewhere. */
final class HeaderText implements CharSequence {
    private byte[] bytes = {};
    private int from;
    private int to;

    /** Points to the value of a field; returns null for a negative index, which means that there is none. */
    @Nullable
    CharSequence of(Head head, int field) {
        if (field < 0) {
            return null;
        }
        bytes = head.bytes;
        from = head.valueFrom(field);
        to = head.valueTo(field);
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
        return Ascii.text(bytes, from, to);
    }
}
