package io.signalbox.configservice.publish;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.signalbox.config.v1.Hello;
import io.signalbox.config.v1.StreamConfigRequest;
import org.jspecify.annotations.Nullable;

/** The gRPC service {@code signalbox.config.v1.ConfigService}: reads what agents say and hands it to their sessions. */
public final class ConfigStreams implements BindableService {
    /** Longest node name; Kubernetes' own limit. */
    static final int MAX_NODE_LENGTH = 253;

    private final AgentSessions sessions;

    /** A service on these sessions. */
    public ConfigStreams(AgentSessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(Response.SERVICE)
                .addMethod(Response.STREAM_CONFIG, ServerCalls.asyncBidiStreamingCall(this::streamConfig))
                .build();
    }

    private StreamObserver<StreamConfigRequest> streamConfig(StreamObserver<Response> agent) {
        return new Inbound(agent);
    }

    /** One stream's inbound side; confined to the transport's thread for the stream. */
    private final class Inbound implements StreamObserver<StreamConfigRequest> {
        private final StreamObserver<Response> agent;
        private @Nullable AgentSession session;
        private boolean refused;

        Inbound(StreamObserver<Response> agent) {
            this.agent = agent;
        }

        @Override
        public void onNext(StreamConfigRequest request) {
            if (refused) {
                return;
            }
            AgentSession open = session;
            if (open == null) {
                open(request);
                return;
            }
            open.heard();
            switch (request.getMessageCase()) {
                case ACK -> open.ack(request.getAck().getNonce());
                case NACK -> open.nack(request.getNack());
                case EXPLAIN -> open.answer(request.getExplain());
                case HEARTBEAT -> {}
                case HELLO -> violated(open, "a second hello");
                case MESSAGE_NOT_SET -> violated(open, "a message that says nothing this service knows");
            }
        }

        private void open(StreamConfigRequest request) {
            Hello hello = request.getHello();
            if (!request.hasHello()) {
                refuse("the first message is no hello");
            } else if (hello.getNode().isBlank() || hello.getNode().length() > MAX_NODE_LENGTH) {
                refuse("hello.node: \"" + hello.getNode() + "\" (expected: 1 to " + MAX_NODE_LENGTH + " characters)");
            } else {
                session = sessions.open(hello, agent);
            }
        }

        private void refuse(String reason) {
            refused = true;
            agent.onError(Status.INVALID_ARGUMENT.withDescription(reason).asRuntimeException());
        }

        private void violated(AgentSession open, String what) {
            refused = true;
            sessions.close(open, Status.INVALID_ARGUMENT.withDescription(what), "violation");
        }

        @Override
        public void onError(Throwable failure) {
            if (session != null) {
                sessions.close(session, Status.CANCELLED.withDescription(failure.getMessage()), "broken");
            }
        }

        @Override
        public void onCompleted() {
            if (session != null) {
                sessions.close(session, Status.OK, "completed");
            } else if (!refused) {
                agent.onCompleted();
            }
        }
    }
}
