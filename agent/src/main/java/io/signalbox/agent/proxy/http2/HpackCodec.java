package io.signalbox.agent.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.util.AsciiString;
import io.signalbox.agent.proxy.HeaderBlock;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * HPACK (RFC 7541) of one connection, both directions: Netty's encoder and decoder, made to work on
 * {@link HeaderBlock}. Confined to the connection's event loop.
 */
final class HpackCodec {
    private static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");

    /**
     * Credentials never enter a compression table that requests of other callers share (RFC 7541 section 7.1.3). Nor
     * does what differs from request to request: it would only drive out what does not.
     */
    private static final SensitivityDetector SENSITIVE = (name, value) -> switch (name.length()) {
        case 10 -> HeaderBlock.TRACESTATE.contentEquals(name);
        case 11 -> HeaderBlock.TRACEPARENT.contentEquals(name);
        case 12 -> HeaderBlock.REQUEST_ID.contentEquals(name) || HeaderBlock.GRPC_TIMEOUT.contentEquals(name);
        case 13 -> AUTHORIZATION.contentEquals(name);
        default -> false;
    };

    /** Number of hash buckets of the encoder's table; 64 let Netty's encoder use the default table of 4 KiB whole. */
    private static final int ENCODER_BUCKETS = 64;

    /** Strings shorter than this are sent as they are: Huffman saves few bytes there and costs time. */
    private static final int HUFFMAN_THRESHOLD = 512;

    private final Adapter adapter = new Adapter();
    private final DefaultHttp2HeadersDecoder decoder;
    private final DefaultHttp2HeadersEncoder encoder =
            new DefaultHttp2HeadersEncoder(SENSITIVE, true, ENCODER_BUCKETS, HUFFMAN_THRESHOLD);

    /** @param maxHeaderListSize as RFC 9113 section 6.5.2 counts it */
    HpackCodec(int maxHeaderListSize) {
        // Fields are checked as they are added, see HeaderBlock.
        decoder = new DefaultHttp2HeadersDecoder(false, maxHeaderListSize) {
            @Override
            protected Http2Headers newHeaders() {
                return adapter;
            }
        };
    }

    /**
     * Decodes a whole header block into {@code target}, which is cleared first.
     *
     * @throws Http2Exception a stream error when the fields are not allowed or too large (the connection's table is
     *     sound then), else a connection error
     */
    void decode(int streamId, ByteBuf block, HeaderBlock target) throws Http2Exception {
        target.clear();
        adapter.block = target;
        decoder.decodeHeaders(streamId, block);
    }

    /** Appends the encoded block. */
    void encode(int streamId, HeaderBlock source, ByteBuf out) throws Http2Exception {
        adapter.block = source;
        encoder.encodeHeaders(streamId, adapter, out);
    }

    /** The peer's SETTINGS_HEADER_TABLE_SIZE: how large a table we may use towards it. */
    void peerHeaderTableSize(long size) throws Http2Exception {
        encoder.maxHeaderTableSize(size);
    }

    void close() {
        encoder.close();
    }

    /**
     * What Netty's coder sees of a header block: it only adds, iterates and asks for the size. All that it inherits
     * besides works on an empty map and is not called.
     */
    private static final class Adapter extends DefaultHttp2Headers {
        private final FieldIterator fields = new FieldIterator();
        private HeaderBlock block = new HeaderBlock();

        Adapter() {
            super(false, 2);
        }

        @Override
        public Http2Headers add(CharSequence name, CharSequence value) {
            block.addReceived((AsciiString) name, (AsciiString) value);
            return this;
        }

        @Override
        public int size() {
            return block.size();
        }

        @Override
        public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
            fields.start(block);
            return fields;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** Goes through the fields of a block; it is its own entry, so that encoding makes no object. */
    private static final class FieldIterator
            implements Iterator<Map.Entry<CharSequence, CharSequence>>, Map.Entry<CharSequence, CharSequence> {
        private HeaderBlock block = new HeaderBlock();
        private int next;

        void start(HeaderBlock fields) {
            block = fields;
            next = 0;
        }

        @Override
        public boolean hasNext() {
            return next < block.size();
        }

        @Override
        public Map.Entry<CharSequence, CharSequence> next() {
            if (next >= block.size()) {
                throw new NoSuchElementException();
            }
            next++;
            return this;
        }

        @Override
        public CharSequence getKey() {
            return block.name(next - 1);
        }

        @Override
        public CharSequence getValue() {
            return block.value(next - 1);
        }

        @Override
        public CharSequence setValue(CharSequence value) {
            throw new IllegalStateException("entries are read-only");
        }
    }
}
