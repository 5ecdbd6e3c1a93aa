package io.signalbox.agent.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.signalbox.agent.policy.HeaderFields;
import java.util.ArrayList;
import java.util.List;

/** What is changed of the fields of one head while it is written. Used for one head after another. */
final class FieldChanges implements HeaderFields {
    private static final int SEPARATOR = (':' << 8) | ' ';
    private static final int CRLF = ('\r' << 8) | '\n';

    private final List<byte[]> dropped = new ArrayList<>(0);
    private final List<String> names = new ArrayList<>(0);
    private final List<String> values = new ArrayList<>(0);

    @Override
    public void remove(String name) {
        dropped.add(Ascii.bytes(name));
        for (int i = names.size() - 1; i >= 0; i--) {
            if (names.get(i).equals(name)) {
                names.remove(i);
                values.remove(i);
            }
        }
    }

    @Override
    public void set(String name, String value) {
        remove(name);
        add(name, value);
    }

    @Override
    public void add(String name, String value) {
        names.add(name);
        values.add(value);
    }

    boolean dropsNone() {
        return dropped.isEmpty();
    }

    /** Whether a field of the head does not go on. */
    boolean drops(Head head, int field) {
        return drops(head.bytes, head.nameFrom(field), head.nameTo(field));
    }

    /** Whether fields of a name do not go on. */
    boolean drops(byte[] lowerCaseName) {
        return drops(lowerCaseName, 0, lowerCaseName.length);
    }

    private boolean drops(byte[] name, int from, int to) {
        for (int i = 0; i < dropped.size(); i++) {
            if (Ascii.matches(dropped.get(i), name, from, to)) {
                return true;
            }
        }
        return false;
    }

    /** Writes the fields that come anew. */
    void writeTo(ByteBuf out) {
        for (int i = 0; i < names.size(); i++) {
            write(out, names.get(i), values.get(i));
        }
    }

    /** Adds the fields that come anew. */
    void addTo(HeaderFields to) {
        for (int i = 0; i < names.size(); i++) {
            to.add(names.get(i), values.get(i));
        }
    }

    static void write(ByteBuf out, String name, String value) {
        ByteBufUtil.writeAscii(out, name);
        out.writeShort(SEPARATOR);
        ByteBufUtil.writeUtf8(out, value);
        out.writeShort(CRLF);
    }

    void clear() {
        if (!dropped.isEmpty() || !names.isEmpty()) {
            dropped.clear();
            names.clear();
            values.clear();
        }
    }
}
