package io.signalbox.agent.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 peer that sends whatever frames a test wants, right or wrong. */
public final class RawHttp2Client implements AutoCloseable {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

    /** A received frame. */
    public static final class Frame {
        private final int type;
        private final int flags;
        private final int streamId;
        private final byte[] payload;

        Frame(int type, int flags, int streamId, byte[] payload) {
            this.type = type;
            this.flags = flags;
            this.streamId = streamId;
            this.payload = payload;
        }

        /** The frame's type (RFC 9113 section 6). */
        public int type() {
            return type;
        }

        /** Its flags. */
        public int flags() {
            return flags;
        }

        /** The stream that it belongs to. */
        public int streamId() {
            return streamId;
        }

        /** The bytes behind the frame's header; not a copy. */
        public byte[] payload() {
            return payload;
        }

        /** A number of four bytes in the payload. */
        public long number(int offset) {
            return Unpooled.wrappedBuffer(payload).getUnsignedInt(offset);
        }
    }

    /** Connects; sends nothing. */
    public RawHttp2Client(String address, int port) throws IOException {
        this(new Socket(Snapshots.address(address), port));
    }

    private RawHttp2Client(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Connects and sends the preface with empty SETTINGS. */
    public static RawHttp2Client ready(String address, int port) throws IOException {
        RawHttp2Client client = new RawHttp2Client(address, port);
        client.send(PREFACE);
        client.frame(4, 0, 0);
        return client;
    }

    /** The server's side of a connection, behind the client's preface; sends SETTINGS: id, value, id, value, ... */
    public static RawHttp2Client serving(Socket accepted, int... settings) throws IOException {
        RawHttp2Client server = new RawHttp2Client(accepted);
        server.in.readFully(new byte[PREFACE.length]);
        ByteBuf payload = Unpooled.buffer();
        for (int i = 0; i < settings.length; i += 2) {
            payload.writeShort(settings[i]).writeInt(settings[i + 1]);
        }
        server.frame(4, 0, 0, ByteBufUtil.getBytes(payload));
        return server;
    }

    /** Sends bytes as they are. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Sends a frame. */
    public void frame(int type, int flags, int streamId, byte... payload) throws IOException {
        send(encode(type, flags, streamId, payload));
    }

    /** A frame's bytes. */
    public static byte[] encode(int type, int flags, int streamId, byte... payload) {
        ByteBuf frame = Unpooled.buffer()
                .writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(streamId)
                .writeBytes(payload);
        return ByteBufUtil.getBytes(frame);
    }

    /** A header block: name, value, name, value, ... */
    public byte[] block(String... fields) {
        ByteBuf block = Unpooled.buffer();
        try {
            for (int i = 0; i < fields.length; i += 2) {
                // one by one, since Netty's headers would put pseudo-headers first
                encoder.encodeHeaders(1, new DefaultHttp2Headers(false).add(fields[i], fields[i + 1]), block);
            }
        } catch (Http2Exception e) {
            throw new IllegalArgumentException(e);
        }
        return ByteBufUtil.getBytes(block);
    }

    /** The block of a request to a host. */
    public byte[] request(String method, String authority, String path) {
        return block(":method", method, ":scheme", "http", ":authority", authority, ":path", path);
    }

    /** The fields of a received HEADERS frame. */
    public Http2Headers headers(Frame frame) throws Http2Exception {
        return decoder.decodeHeaders(frame.streamId(), Unpooled.wrappedBuffer(frame.payload()));
    }

    /** The next frame, null at the end of the connection. */
    public @Nullable Frame read() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        int length = first << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int streamId = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(type, flags, streamId, payload);
    }

    /** The next frame of a type; header blocks that are skipped are decoded, so that the table stays right. */
    public Frame await(int type) throws IOException {
        while (true) {
            Frame frame = read();
            if (frame == null) {
                throw new IOException("connection ended before a frame of type " + type);
            }
            if (frame.type() == type) {
                return frame;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
