package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Push;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The bytes of the copy on disk.
 *
 * <pre>
 * magic     8 bytes  "SIGNALBX"
 * format    4 bytes  big-endian, 1
 * length    8 bytes  big-endian, of the body
 * body               a {@link Push} message: every port in full, and the workloads
 * checksum  8 bytes  big-endian, CRC-32C of all before it
 * </pre>
 *
 * The body is written resource by resource from the bytes that the agent keeps anyway, so that writing needs no copy of
 * the whole in memory; reading does, and is bounded by {@link #MAX_BODY_BYTES}.
 */
final class LastKnownGoodFormat {
    /** The largest copy that is read back: that of the largest push that is taken from the config service. */
    static final int MAX_BODY_BYTES = 64 * 1024 * 1024;

    private static final long MAGIC = 0x5349474E414C4258L;
    private static final int FORMAT = 1;

    private LastKnownGoodFormat() {}

    static void write(OutputStream target, HeldContent content) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(target, new CRC32C());
        DataOutputStream out = new DataOutputStream(checked);
        out.writeLong(MAGIC);
        out.writeInt(FORMAT);
        out.writeLong(bodySize(content));
        CodedOutputStream body = CodedOutputStream.newInstance(out);
        for (HeldPortContent port : content.ports().values()) {
            writePort(body, port);
        }
        if (!content.workloads().serialized().isEmpty()) {
            body.writeBytes(Push.WORKLOADS_FIELD_NUMBER, content.workloads().serialized());
        }
        body.flush();
        out.writeLong(checked.getChecksum().getValue());
        out.flush();
    }

    /** Reads a copy; fails on anything but a whole and undamaged one. */
    static Push read(InputStream source) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(source, new CRC32C());
        DataInputStream in = new DataInputStream(checked);
        if (in.readLong() != MAGIC) {
            throw new IOException("not a snapshot of an agent");
        }
        int format = in.readInt();
        if (format != FORMAT) {
            throw new IOException("format " + format + " (expected: " + FORMAT + ")");
        }
        long length = in.readLong();
        if (length < 0 || length > MAX_BODY_BYTES) {
            throw new IOException("length " + length + " (expected: 0 to " + MAX_BODY_BYTES + ")");
        }
        byte[] body = in.readNBytes((int) length);
        long computed = checked.getChecksum().getValue();
        if (body.length != length || in.readLong() != computed) {
            throw new IOException("truncated or damaged: the checksum differs");
        }
        if (in.read() >= 0) {
            throw new IOException("bytes after the end");
        }
        return Push.parseFrom(CodedInputStream.newInstance(body));
    }

    private static long bodySize(HeldContent content) {
        long size = 0;
        for (HeldPortContent port : content.ports().values()) {
            size += field(Push.PORT_UPDATES_FIELD_NUMBER, updateSize(port));
        }
        ByteString workloads = content.workloads().serialized();
        return workloads.isEmpty() ? size : size + field(Push.WORKLOADS_FIELD_NUMBER, workloads.size());
    }

    private static void writePort(CodedOutputStream out, HeldPortContent port) throws IOException {
        int number = port.snapshot().port();
        out.writeTag(Push.PORT_UPDATES_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(updateSize(port));
        out.writeUInt32(PortUpdate.PORT_FIELD_NUMBER, number);
        out.writeTag(PortUpdate.FULL_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(snapshotSize(port));
        out.writeUInt32(PortSnapshot.PORT_FIELD_NUMBER, number);
        out.writeString(PortSnapshot.VERSION_FIELD_NUMBER, port.version().value());
        for (HeldResource resource : port.resources().values()) {
            out.writeBytes(PortSnapshot.RESOURCES_FIELD_NUMBER, resource.serialized());
        }
    }

    private static int updateSize(HeldPortContent port) {
        return CodedOutputStream.computeUInt32Size(
                        PortUpdate.PORT_FIELD_NUMBER, port.snapshot().port())
                + field(PortUpdate.FULL_FIELD_NUMBER, snapshotSize(port));
    }

    private static int snapshotSize(HeldPortContent port) {
        int size = CodedOutputStream.computeUInt32Size(
                        PortSnapshot.PORT_FIELD_NUMBER, port.snapshot().port())
                + CodedOutputStream.computeStringSize(
                        PortSnapshot.VERSION_FIELD_NUMBER, port.version().value());
        for (HeldResource resource : port.resources().values()) {
            size += field(
                    PortSnapshot.RESOURCES_FIELD_NUMBER, resource.serialized().size());
        }
        return size;
    }

    private static int field(int number, int size) {
        return CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt32SizeNoTag(size) + size;
    }
}
