package io.signalbox.configservice.publish;

import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.signalbox.config.v1.Hello;
import io.signalbox.config.v1.StreamConfigRequest;
import io.signalbox.configservice.identity.AgentIdentity;
import io.signalbox.configservice.identity.Authentication;
import io.signalbox.configservice.identity.AuthenticationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC service {@code signalbox.config.v1.ConfigService}: reads what agents say and hands it to their sessions. */
public final class ConfigStreams implements BindableService {
    private static final Logger log = LoggerFactory.getLogger(ConfigStreams.class);

    /** Longest node name; Kubernetes' own limit. */
    static final int MAX_NODE_LENGTH = 253;

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final AgentSessions sessions;
    private final Authentication authentication;
    private final BooleanSupplier isCutOff;

    /**
     * A service on these sessions.
     *
     * @param authentication finds out who an agent is, before a word of it is read
     * @param isCutOff whether what is published here may be old: no agent is let in then that has something already,
     *     since another replica may have told it newer things
     */
    public ConfigStreams(AgentSessions sessions, Authentication authentication, BooleanSupplier isCutOff) {
        this.sessions = sessions;
        this.authentication = authentication;
        this.isCutOff = isCutOff;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(Response.SERVICE)
                .addMethod(Response.STREAM_CONFIG, this::streamConfig)
                .build();
    }

    private ServerCall.Listener<StreamConfigRequest> streamConfig(
            ServerCall<StreamConfigRequest, Response> call, Metadata headers) {
        String authorization = headers.get(AUTHORIZATION);
        AgentIdentity identity;
        try {
            identity = authentication.authenticate(authorization);
        } catch (AuthenticationException e) {
            log.warn("agent refused: peer={} reason={}", peer(call), e.getMessage());
            call.close(Standing.status(e), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Standing standing = sessions.standing(authentication, authorization, identity);
        return ServerCalls.<StreamConfigRequest, Response>asyncBidiStreamingCall(
                        agent -> new Inbound(agent, standing, peer(call)))
                .startCall(call, headers);
    }

    private static String peer(ServerCall<?, ?> call) {
        return String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    }

    /** One stream's inbound side; confined to the transport's thread for the stream. */
    private final class Inbound implements StreamObserver<StreamConfigRequest> {
        private final StreamObserver<Response> agent;
        private final Standing standing;
        private final String peer;
        private @Nullable AgentSession session;
        private boolean refused;

        Inbound(StreamObserver<Response> agent, Standing standing, String peer) {
            this.agent = agent;
            this.standing = standing;
            this.peer = peer;
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
                refuse(Status.INVALID_ARGUMENT.withDescription("the first message is no hello"));
            } else if (hello.getNode().isBlank() || hello.getNode().length() > MAX_NODE_LENGTH) {
                refuse(Status.INVALID_ARGUMENT.withDescription(
                        "hello.node: \"" + hello.getNode() + "\" (expected: 1 to " + MAX_NODE_LENGTH + " characters)"));
            } else if (!standing.identity().isOf(hello.getNode())) {
                refuse(Status.PERMISSION_DENIED.withDescription("hello.node: " + hello.getNode() + " (expected: "
                        + standing.identity().node().orElse("") + ", where the token's pod runs; is --node of the agent"
                        + " the name of its own node?)"));
            } else if (hello.getHeldPortsCount() > 0 && isCutOff.getAsBoolean()) {
                refuse(Status.UNAVAILABLE.withDescription(
                        "this replica sees no changes at the moment, and may know less"
                                + " than the agent; another one may be better off"));
            } else {
                session = sessions.open(hello, standing, agent);
            }
        }

        private void refuse(Status status) {
            refused = true;
            log.warn("agent refused: peer={} reason={}", peer, status.getDescription());
            agent.onError(status.asRuntimeException());
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
