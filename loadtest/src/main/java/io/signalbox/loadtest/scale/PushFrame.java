package io.signalbox.loadtest.scale;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.signalbox.config.v1.ConfigServiceGrpc;
import io.signalbox.config.v1.PortDelta;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.PushPart;
import io.signalbox.config.v1.StreamConfigRequest;
import io.signalbox.config.v1.StreamConfigResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A push without its content: what an agent needs to follow versions. A thousand agents in one process could not decode
 * a thousand copies of everything.
 *
 * @param nonce names the push
 * @param revision of the registry
 * @param ports those that change
 * @param removedPorts those that are gone
 */
record PushFrame(String nonce, long revision, List<Port> ports, List<Integer> removedPorts) {
    /**
     * One port's change.
     *
     * @param fromVersion what a delta starts from; empty: it is the whole
     */
    record Port(int number, String fromVersion, String version) {}

    /** The stream, with messages as they come. */
    static final MethodDescriptor<StreamConfigRequest, ByteString> METHOD =
            MethodDescriptor.<StreamConfigRequest, ByteString>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(ConfigServiceGrpc.getStreamConfigMethod().getFullMethodName())
                    .setRequestMarshaller(ProtoUtils.marshaller(StreamConfigRequest.getDefaultInstance()))
                    .setResponseMarshaller(new BytesMarshaller())
                    .build();

    private static final class BytesMarshaller implements MethodDescriptor.Marshaller<ByteString> {
        @Override
        public InputStream stream(ByteString value) {
            return value.newInput();
        }

        @Override
        public ByteString parse(InputStream stream) {
            try {
                return ByteString.readFrom(stream);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * The push of a response.
     *
     * @param before the parts of a large push so far
     * @return the serialized push; null when the response is none, or not the last part
     */
    static @Nullable ByteString pushOf(ByteString response, List<ByteString> before) throws IOException {
        CodedInputStream in = response.newCodedInput();
        in.enableAliasing(true);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case StreamConfigResponse.PUSH_FIELD_NUMBER -> {
                    return in.readBytes();
                }
                case StreamConfigResponse.PUSH_PART_FIELD_NUMBER -> {
                    PushPart part = PushPart.parseFrom(in.readBytes());
                    before.add(part.getContent());
                    if (!part.getLast()) {
                        return null;
                    }
                    ByteString whole = ByteString.copyFrom(before);
                    before.clear();
                    return whole;
                }
                default -> in.skipField(tag);
            }
        }
        return null;
    }

    /** Reads a push. */
    static PushFrame parse(ByteString serialized) throws IOException {
        return push(serialized.newCodedInput());
    }

    private static PushFrame push(CodedInputStream in) throws IOException {
        String nonce = "";
        long revision = 0;
        List<Port> ports = new ArrayList<>();
        List<Integer> removed = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case Push.NONCE_FIELD_NUMBER -> nonce = in.readString();
                case Push.REVISION_FIELD_NUMBER -> revision = in.readUInt64();
                case Push.PORT_UPDATES_FIELD_NUMBER -> ports.add(port(in));
                case Push.REMOVED_PORTS_FIELD_NUMBER -> {
                    int packed = in.pushLimit(in.readRawVarint32());
                    while (in.getBytesUntilLimit() > 0) {
                        removed.add(in.readUInt32());
                    }
                    in.popLimit(packed);
                }
                default -> in.skipField(tag);
            }
        }
        return new PushFrame(nonce, revision, ports, removed);
    }

    private static Port port(CodedInputStream in) throws IOException {
        int number = 0;
        String from = "";
        String version = "";
        int outer = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (field == PortUpdate.PORT_FIELD_NUMBER) {
                number = in.readUInt32();
                continue;
            }
            int versionField = field == PortUpdate.FULL_FIELD_NUMBER
                    ? PortSnapshot.VERSION_FIELD_NUMBER
                    : PortDelta.VERSION_FIELD_NUMBER;
            int fromField = field == PortUpdate.FULL_FIELD_NUMBER ? -1 : PortDelta.FROM_VERSION_FIELD_NUMBER;
            int inner = in.pushLimit(in.readRawVarint32());
            for (int innerTag = in.readTag(); innerTag != 0; innerTag = in.readTag()) {
                int innerField = WireFormat.getTagFieldNumber(innerTag);
                if (innerField == versionField) {
                    version = in.readString();
                } else if (innerField == fromField) {
                    from = in.readString();
                } else {
                    in.skipField(innerTag);
                }
            }
            in.popLimit(inner);
        }
        in.popLimit(outer);
        return new Port(number, from, version);
    }
}
