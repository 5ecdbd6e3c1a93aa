package io.signalbox.configservice.publish;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.signalbox.config.v1.ConfigServiceGrpc;
import io.signalbox.config.v1.StreamConfigRequest;
import io.signalbox.config.v1.StreamConfigResponse;
import java.io.InputStream;
import java.util.List;

/**
 * A {@code StreamConfigResponse} on its way to an agent, as pieces of bytes: what is the same for many agents is
 * serialized once and only copied into the connection.
 *
 * @param pieces the message, in order
 */
record Response(List<ByteString> pieces) {
    /** The stream as the contract has it, with this as its responses. */
    static final MethodDescriptor<StreamConfigRequest, Response> STREAM_CONFIG =
            MethodDescriptor.<StreamConfigRequest, Response>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(ConfigServiceGrpc.getStreamConfigMethod().getFullMethodName())
                    .setRequestMarshaller(ProtoUtils.marshaller(StreamConfigRequest.getDefaultInstance()))
                    .setResponseMarshaller(new Marshaller())
                    .build();

    /** The service with that method, the only one that it has. */
    static final ServiceDescriptor SERVICE = ServiceDescriptor.newBuilder(ConfigServiceGrpc.SERVICE_NAME)
            .addMethod(STREAM_CONFIG)
            .build();

    Response {
        pieces = List.copyOf(pieces);
    }

    /** A response that shares nothing. */
    static Response of(StreamConfigResponse.Builder message) {
        return new Response(List.of(message.build().toByteString()));
    }

    /** Bytes of the message. */
    int size() {
        return pieces.stream().mapToInt(ByteString::size).sum();
    }

    /** Hands the pieces to the transport; reads nothing, since nobody sends these to the service. */
    private static final class Marshaller implements MethodDescriptor.Marshaller<Response> {
        @Override
        public InputStream stream(Response response) {
            return new PiecesStream(response.pieces(), response.size());
        }

        @Override
        public Response parse(InputStream stream) {
            throw new UnsupportedOperationException("the service sends responses and gets none");
        }
    }
}
