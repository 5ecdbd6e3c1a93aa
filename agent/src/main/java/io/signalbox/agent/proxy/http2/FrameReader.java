package io.signalbox.agent.proxy.http2;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.FRAME_SIZE_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds frames in the bytes of one connection and checks their form (RFC 9113 sections 4 and 6). Payload of DATA is
 * passed on as it comes; other frames, 16 KiB at most, when they are whole. Confined to the connection's event loop.
 *
 * <p>Limits: header blocks of twice the configured size before decoding, in at most {@value #MAX_CONTINUATIONS}
 * CONTINUATION frames.
 */
final class FrameReader {
    private static final int MAX_CONTINUATIONS = 64;
    private static final int MAX_DEBUG_BYTES = 256;
    private static final int PREFACE_BYTES = 24;

    private final FrameListener listener;
    private final int maxHeaderBytes;
    private boolean expectsPreface;
    private boolean settingsReceived;
    private boolean stopped;
    private @Nullable ByteBuf unread;

    // a DATA frame whose payload is being passed on
    private int dataStreamId;
    private int dataRemaining;
    private boolean dataEndStream;

    // a header block whose CONTINUATION frames are being collected
    private int headersStreamId;
    private boolean headersEndStream;
    private int continuations;
    private @Nullable ByteBuf headerFragments;

    /** @param expectsPreface whether the peer is a client, which begins with the connection preface */
    FrameReader(FrameListener listener, int maxHeaderBytes, boolean expectsPreface) {
        this.listener = listener;
        this.maxHeaderBytes = maxHeaderBytes;
        this.expectsPreface = expectsPreface;
    }

    /** Takes the next bytes, and owns them. */
    void read(ByteBuf bytes, ByteBufAllocator allocator) throws Http2Exception {
        ByteBuf in = bytes;
        ByteBuf before = unread;
        if (before != null) {
            in = allocator.directBuffer(before.readableBytes() + bytes.readableBytes());
            in.writeBytes(before).writeBytes(bytes);
            before.release();
            bytes.release();
            unread = null;
        }
        try {
            readFrames(in, allocator);
        } finally {
            if (in.isReadable() && !stopped) {
                unread = in;
            } else {
                in.release();
            }
        }
    }

    /** Nothing more is read; lets go of what is kept. */
    void stop() {
        stopped = true;
        if (unread != null) {
            unread.release();
            unread = null;
        }
        if (headerFragments != null) {
            headerFragments.release();
            headerFragments = null;
        }
    }

    private void readFrames(ByteBuf in, ByteBufAllocator allocator) throws Http2Exception {
        if (expectsPreface) {
            if (in.readableBytes() < PREFACE_BYTES) {
                return;
            }
            readPreface(in);
        }
        while (!stopped) {
            if (dataRemaining > 0) {
                if (!in.isReadable()) {
                    return;
                }
                readDataPayload(in);
            } else if (!readFrame(in, allocator)) {
                return;
            }
        }
    }

    private void readPreface(ByteBuf in) throws Http2Exception {
        ByteBuf expected = Http2CodecUtil.connectionPrefaceBuf();
        boolean matches = in.slice(in.readerIndex(), PREFACE_BYTES).equals(expected);
        expected.release();
        if (!matches) {
            throw connectionError(PROTOCOL_ERROR, "no HTTP/2 connection preface");
        }
        in.skipBytes(PREFACE_BYTES);
        expectsPreface = false;
    }

    /** Reads one frame, of DATA only the header; false when more bytes are needed. */
    private boolean readFrame(ByteBuf in, ByteBufAllocator allocator) throws Http2Exception {
        if (in.readableBytes() < FrameWriter.FRAME_HEADER_BYTES) {
            return false;
        }
        int start = in.readerIndex();
        int length = in.getUnsignedMedium(start);
        byte type = in.getByte(start + 3);
        int flags = in.getUnsignedByte(start + 4);
        int streamId = in.getInt(start + 5) & 0x7fffffff;
        checkFrame(length, type, streamId);
        boolean passOnAsItComes = type == Http2FrameTypes.DATA && (flags & Http2Flags.PADDED) == 0;
        if (passOnAsItComes) {
            in.skipBytes(FrameWriter.FRAME_HEADER_BYTES);
            beginData(streamId, length, (flags & Http2Flags.END_STREAM) != 0);
            return true;
        }
        if (in.readableBytes() < FrameWriter.FRAME_HEADER_BYTES + length) {
            return false;
        }
        in.skipBytes(FrameWriter.FRAME_HEADER_BYTES);
        int end = in.readerIndex() + length;
        readWholeFrame(type, flags, streamId, in, length, allocator);
        in.readerIndex(end);
        return true;
    }

    private void checkFrame(int length, byte type, int streamId) throws Http2Exception {
        if (length > FrameWriter.DEFAULT_MAX_FRAME_BYTES) {
            throw connectionError(FRAME_SIZE_ERROR, "frame of %d bytes (expected: at most 16384)", length);
        }
        if (!settingsReceived && type != Http2FrameTypes.SETTINGS) {
            throw connectionError(PROTOCOL_ERROR, "first frame of type %d (expected: SETTINGS)", type);
        }
        if (headersStreamId != 0 && (type != Http2FrameTypes.CONTINUATION || streamId != headersStreamId)) {
            throw connectionError(
                    PROTOCOL_ERROR, "frame of type %d inside the header block of stream %d", type, headersStreamId);
        }
    }

    private void readWholeFrame(byte type, int flags, int streamId, ByteBuf in, int length, ByteBufAllocator allocator)
            throws Http2Exception {
        switch (type) {
            case Http2FrameTypes.DATA -> readPaddedData(flags, streamId, in, length);
            case Http2FrameTypes.HEADERS -> readHeaders(flags, streamId, in, length, allocator);
            case Http2FrameTypes.CONTINUATION -> readContinuation(flags, streamId, in, length);
            case Http2FrameTypes.RST_STREAM -> {
                requireLength(length, 4, "RST_STREAM");
                requireStream(streamId, "RST_STREAM");
                listener.reset(streamId, in.readUnsignedInt());
            }
            case Http2FrameTypes.SETTINGS -> readSettings(flags, streamId, in, length);
            case Http2FrameTypes.PING -> readPing(flags, streamId, in, length);
            case Http2FrameTypes.GO_AWAY -> readGoAway(streamId, in, length);
            case Http2FrameTypes.WINDOW_UPDATE -> {
                requireLength(length, 4, "WINDOW_UPDATE");
                listener.windowUpdate(streamId, in.readInt() & 0x7fffffff);
            }
            case Http2FrameTypes.PRIORITY -> {
                requireStream(streamId, "PRIORITY");
                listener.controlFrame();
            }
            case Http2FrameTypes.PUSH_PROMISE -> throw connectionError(PROTOCOL_ERROR, "PUSH_PROMISE is not enabled");
            default -> listener.controlFrame(); // unknown types are ignored (section 4.1)
        }
    }

    // ---- DATA -----------------------------------------------------------------------------------------------------

    private void beginData(int streamId, int length, boolean endStream) throws Http2Exception {
        requireStream(streamId, "DATA");
        listener.dataFrame(streamId, length);
        if (length > 0) {
            dataStreamId = streamId;
            dataRemaining = length;
            dataEndStream = endStream;
        } else if (endStream) {
            listener.endOfData(streamId);
        } else {
            listener.controlFrame();
        }
    }

    private void readDataPayload(ByteBuf in) {
        int length = Math.min(in.readableBytes(), dataRemaining);
        dataRemaining -= length;
        listener.data(dataStreamId, in, length, dataRemaining == 0 && dataEndStream);
    }

    private void readPaddedData(int flags, int streamId, ByteBuf in, int length) throws Http2Exception {
        requireStream(streamId, "DATA");
        requireAtLeast(length, 1, "DATA");
        int payload = length - 1 - in.readUnsignedByte();
        if (payload < 0) {
            throw connectionError(PROTOCOL_ERROR, "padding longer than DATA of %d bytes", length);
        }
        boolean endStream = (flags & Http2Flags.END_STREAM) != 0;
        listener.dataFrame(streamId, length);
        listener.padding(streamId, length - payload);
        if (payload > 0) {
            listener.data(streamId, in, payload, endStream);
        } else if (endStream) {
            listener.endOfData(streamId);
        } else {
            listener.controlFrame();
        }
    }

    // ---- HEADERS --------------------------------------------------------------------------------------------------

    private void readHeaders(int flags, int streamId, ByteBuf in, int length, ByteBufAllocator allocator)
            throws Http2Exception {
        requireStream(streamId, "HEADERS");
        int padding = 0;
        int rest = length;
        if ((flags & Http2Flags.PADDED) != 0) {
            requireAtLeast(rest, 1, "HEADERS");
            padding = in.readUnsignedByte();
            rest--;
        }
        if ((flags & Http2Flags.PRIORITY) != 0) {
            requireAtLeast(rest, 5, "HEADERS");
            in.skipBytes(5);
            rest -= 5;
        }
        if (padding > rest) {
            throw connectionError(PROTOCOL_ERROR, "padding longer than HEADERS of %d bytes", length);
        }
        boolean endStream = (flags & Http2Flags.END_STREAM) != 0;
        int blockLength = rest - padding;
        if ((flags & Http2Flags.END_HEADERS) != 0) {
            // The block is shown through the buffer itself, cut off behind it for so long: a slice would be an object.
            int end = in.writerIndex();
            in.writerIndex(in.readerIndex() + blockLength);
            try {
                listener.headers(streamId, in, endStream);
            } finally {
                in.writerIndex(end);
            }
        } else {
            headersStreamId = streamId;
            headersEndStream = endStream;
            continuations = 0;
            headerFragments = allocator.buffer(blockLength * 2).writeBytes(in, blockLength);
        }
    }

    private void readContinuation(int flags, int streamId, ByteBuf in, int length) throws Http2Exception {
        ByteBuf fragments = headerFragments;
        if (fragments == null) {
            throw connectionError(PROTOCOL_ERROR, "CONTINUATION without HEADERS on stream %d", streamId);
        }
        // Neither many nor large continuations may pile up (CVE-2024-27316 and its like).
        continuations++;
        if (continuations > MAX_CONTINUATIONS || fragments.readableBytes() + length > 2L * maxHeaderBytes) {
            throw connectionError(ENHANCE_YOUR_CALM, "header block too large");
        }
        fragments.writeBytes(in, length);
        if ((flags & Http2Flags.END_HEADERS) != 0) {
            headersStreamId = 0;
            headerFragments = null;
            try {
                listener.headers(streamId, fragments, headersEndStream);
            } finally {
                fragments.release();
            }
        }
    }

    // ---- SETTINGS, PING, GOAWAY -----------------------------------------------------------------------------------

    private void readSettings(int flags, int streamId, ByteBuf in, int length) throws Http2Exception {
        requireNoStream(streamId, "SETTINGS");
        if ((flags & Http2Flags.ACK) != 0) {
            requireLength(length, 0, "SETTINGS acknowledgement");
            return;
        }
        if (length % 6 != 0) {
            throw connectionError(FRAME_SIZE_ERROR, "SETTINGS of %d bytes (expected: a multiple of 6)", length);
        }
        listener.controlFrame();
        for (int i = 0; i < length; i += 6) {
            listener.setting(in.readUnsignedShort(), in.readUnsignedInt());
        }
        settingsReceived = true;
        listener.settingsDone();
    }

    private void readPing(int flags, int streamId, ByteBuf in, int length) throws Http2Exception {
        requireNoStream(streamId, "PING");
        requireLength(length, 8, "PING");
        boolean ack = (flags & Http2Flags.ACK) != 0;
        if (!ack) {
            listener.controlFrame();
        }
        listener.ping(in.readLong(), ack);
    }

    private void readGoAway(int streamId, ByteBuf in, int length) throws Http2Exception {
        requireNoStream(streamId, "GOAWAY");
        requireAtLeast(length, 8, "GOAWAY");
        int lastStreamId = in.readInt() & 0x7fffffff;
        long error = in.readUnsignedInt();
        int debugBytes = Math.min(length - 8, MAX_DEBUG_BYTES);
        listener.goAway(lastStreamId, error, in.toString(in.readerIndex(), debugBytes, StandardCharsets.UTF_8));
    }

    // ---- checks ---------------------------------------------------------------------------------------------------

    private static void requireLength(int length, int expected, String frame) throws Http2Exception {
        if (length != expected) {
            throw connectionError(FRAME_SIZE_ERROR, "%s of %d bytes (expected: %d)", frame, length, expected);
        }
    }

    private static void requireAtLeast(int length, int least, String frame) throws Http2Exception {
        if (length < least) {
            throw connectionError(FRAME_SIZE_ERROR, "%s too short", frame);
        }
    }

    private static void requireStream(int streamId, String frame) throws Http2Exception {
        if (streamId == 0) {
            throw connectionError(PROTOCOL_ERROR, "%s on stream 0", frame);
        }
    }

    private static void requireNoStream(int streamId, String frame) throws Http2Exception {
        if (streamId != 0) {
            throw connectionError(PROTOCOL_ERROR, "%s on stream %d (expected: 0)", frame, streamId);
        }
    }
}
