package io.signalbox.loadtest.scale;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.signalbox.config.v1.ConfigServiceGrpc;
import io.signalbox.config.v1.PortDelta;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.PortUpdate;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.StreamConfigRequest;
import io.signalbox.config.v1.StreamConfigResponse;
import java.io.ByteArrayInputStream;
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
    static final MethodDescriptor<StreamConfigRequest, byte[]> METHOD =
            MethodDescriptor.<StreamConfigRequest, byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(
                            ConfigServiceGrpc.getStreamConfigMethod().getFullMethodName())
                    .setRequestMarshaller(ProtoUtils.marshaller(StreamConfigRequest.getDefaultInstance()))
                    .setResponseMarshaller(new BytesMarshaller())
                    .build();

    private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Reads a response; null when it is no push. */
    static @Nullable PushFrame parse(byte[] response) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(response);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == StreamConfigResponse.PUSH_FIELD_NUMBER) {
                return push(in);
            }
            in.skipField(tag);
        }
        return null;
    }

    private static PushFrame push(CodedInputStream in) throws IOException {
        String nonce = "";
        long revision = 0;
        List<Port> ports = new ArrayList<>();
        List<Integer> removed = new ArrayList<>();
        int outer = in.pushLimit(in.readRawVarint32());
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
        in.popLimit(outer);
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
