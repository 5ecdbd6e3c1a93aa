package io.signalbox.loadtest.idle;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A caller that opens one HTTP/2 connection, makes calls on it one after the other and then keeps it open. It knows as
 * little of HTTP/2 as that needs, so that ten thousand of them fit into a process. Not thread-safe.
 */
final class Http2Caller implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    /** Not compressed, no bytes. */
    private static final byte[] EMPTY_MESSAGE = new byte[5];

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int LITERAL_WITH_INDEXING = 0x40;

    /** The seven fields of the first call by their places in the table (RFC 7541 section 2.3.3), eldest first. */
    private static final byte[] NEXT_HEAD = {
        (byte) 0xc4, (byte) 0xc3, (byte) 0xc2, (byte) 0xc1, (byte) 0xc0, (byte) 0xbf, (byte) 0xbe
    };

    private final Socket socket;
    private final byte[] firstHead;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int nextStream = 1;

    private Http2Caller(Socket socket, byte[] firstHead) throws IOException {
        this.socket = socket;
        this.firstHead = firstHead;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    /** Opens a connection and sends what it begins with. */
    static Http2Caller open(InetSocketAddress address, String authority, String path) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(address, TIMEOUT_MILLIS);
        Http2Caller caller = new Http2Caller(socket, firstHead(authority, path));
        caller.out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        caller.frame(SETTINGS, 0, 0, new byte[0]);
        return caller;
    }

    /** The header block of a first call, which puts all its fields into the compression table. */
    private static byte[] firstHead(String authority, String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        field(block, ":method", "POST");
        field(block, ":scheme", "http");
        field(block, ":authority", authority);
        field(block, ":path", path);
        field(block, "content-type", "application/grpc");
        field(block, "te", "trailers");
        field(block, "user-agent", "signalbox-idle");
        return block.toByteArray();
    }

    /** Makes a gRPC call with an empty message and reads the whole answer. */
    void call() throws IOException {
        int stream = nextStream;
        nextStream += 2;
        frame(HEADERS, END_HEADERS, stream, stream == 1 ? firstHead : NEXT_HEAD);
        frame(DATA, END_STREAM, stream, EMPTY_MESSAGE);
        while (!readFrame(stream)) {
            // Another frame.
        }
    }

    private static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(LITERAL_WITH_INDEXING);
        text(block, name);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > 126) {
            throw new IllegalArgumentException("text: " + bytes.length + " bytes (expected: at most 126)");
        }
        block.write(bytes.length);
        block.writeBytes(bytes);
    }

    /** Whether the frame ended the stream. */
    private boolean readFrame(int stream) throws IOException {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int id = in.readInt();
        in.skipNBytes(length);
        if (type == GOAWAY || type == RST_STREAM) {
            throw new IOException("frame of type " + type + " (expected: an answer)");
        }
        if (type == SETTINGS && (flags & ACK) == 0) {
            frame(SETTINGS, ACK, 0, new byte[0]);
        }
        // The answers are far smaller than the windows, so no credit is given back.
        return id == stream && type <= HEADERS && (flags & END_STREAM) != 0;
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(bytes);
        frame.writeByte(payload.length >> 16);
        frame.writeShort(payload.length);
        frame.writeByte(type);
        frame.writeByte(flags);
        frame.writeInt(stream);
        frame.write(payload);
        out.write(bytes.toByteArray());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
