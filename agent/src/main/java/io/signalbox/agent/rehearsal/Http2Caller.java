package io.signalbox.agent.rehearsal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A connection that speaks HTTP/2 (RFC 9113), with requests as gRPC sends them: a head and a small body. */
final class Http2Caller implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 1000;
    private static final int STREAMS = 16;
    private static final int FRAME_HEADER_BYTES = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int LARGE_WINDOW = 1 << 30;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final byte[] head = head();
    private int nextStream = 1;

    Http2Caller(InetSocketAddress service) throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.connect(service, TIMEOUT_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(out, SETTINGS, 0, 0, new byte[0]);
        frame(
                out,
                WINDOW_UPDATE,
                0,
                0,
                ByteBuffer.allocate(4).putInt(LARGE_WINDOW).array());
        out.writeTo(socket.getOutputStream());
    }

    /** Sends requests on streams of their own, all at once, then reads the answers; returns how many. */
    int round() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < STREAMS; i++) {
            frame(out, HEADERS, END_HEADERS, nextStream, head);
            frame(out, DATA, END_STREAM, nextStream, new byte[RehearsalSnapshot.BODY_BYTES]);
            nextStream += 2;
        }
        out.writeTo(socket.getOutputStream());
        for (int left = STREAMS; left > 0; ) {
            left -= readFrame() ? 1 : 0;
        }
        return STREAMS;
    }

    /** Whether the frame ended a stream. */
    private boolean readFrame() throws IOException {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        in.readInt();
        in.skipNBytes(length);
        if (type == SETTINGS && (flags & ACK) == 0) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(FRAME_HEADER_BYTES);
            frame(out, SETTINGS, ACK, 0, new byte[0]);
            out.writeTo(socket.getOutputStream());
        }
        return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }

    private static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        out.writeBytes(ByteBuffer.allocate(FRAME_HEADER_BYTES)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        out.writeBytes(payload);
    }

    /** In HPACK (RFC 7541): indexed where the static table has the field, else literals without indexing. */
    private static byte[] head() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83); // :method POST
        block.write(0x86); // :scheme http
        literal(block, 4, RehearsalSnapshot.PATH); // :path
        literal(block, 1, RehearsalSnapshot.HOST); // :authority
        block.write(0x0f); // content-type, number 31, does not fit the first four bits
        block.write(31 - 0x0f);
        text(block, "application/grpc");
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, int nameIndex, String value) {
        block.write(nameIndex);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String value) {
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
