package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * What {@link FrameReader} found, in the order in which it came. A thrown exception ends the connection with its code.
 */
interface FrameListener {
    /**
     * A DATA frame begins; its payload follows through {@link #data}.
     *
     * @param length what flow control counts: the payload with its padding
     */
    void dataFrame(int streamId, int length) throws Http2Exception;

    /** Padding of a DATA frame, the length byte included: it counts in flow control and is dropped. */
    void padding(int streamId, int length);

    /**
     * Bytes of a DATA frame, as they come: a frame may be passed on in parts.
     *
     * @param in to read {@code length} bytes from
     * @param endStream whether they are the last of the stream
     */
    void data(int streamId, ByteBuf in, int length, boolean endStream);

    /** The stream ended with a DATA frame without payload. */
    void endOfData(int streamId);

    /** A whole header block. */
    void headers(int streamId, ByteBuf block, boolean endStream) throws Http2Exception;

    /** RST_STREAM. */
    void reset(int streamId, long errorCode) throws Http2Exception;

    /** One setting of a SETTINGS frame. */
    void setting(int id, long value) throws Http2Exception;

    /** All settings of a SETTINGS frame have been told. */
    void settingsDone();

    /** PING. */
    void ping(long content, boolean ack);

    /** GOAWAY. */
    void goAway(int lastStreamId, long errorCode, String debug);

    /** WINDOW_UPDATE; stream 0 is the connection. */
    void windowUpdate(int streamId, int increment) throws Http2Exception;

    /** A frame came that makes work and brings nothing: PING, SETTINGS, PRIORITY, empty DATA, an unknown type. */
    void controlFrame() throws Http2Exception;
}
