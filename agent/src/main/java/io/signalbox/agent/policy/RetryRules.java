package io.signalbox.agent.policy;

import static io.signalbox.agent.model.RetryCondition.CONNECT_FAILURE;
import static io.signalbox.agent.model.RetryCondition.ENVOY_RATELIMITED;
import static io.signalbox.agent.model.RetryCondition.GATEWAY_ERROR;
import static io.signalbox.agent.model.RetryCondition.GRPC_CANCELLED;
import static io.signalbox.agent.model.RetryCondition.GRPC_DEADLINE_EXCEEDED;
import static io.signalbox.agent.model.RetryCondition.GRPC_INTERNAL;
import static io.signalbox.agent.model.RetryCondition.GRPC_RESOURCE_EXHAUSTED;
import static io.signalbox.agent.model.RetryCondition.GRPC_UNAVAILABLE;
import static io.signalbox.agent.model.RetryCondition.REFUSED_STREAM;
import static io.signalbox.agent.model.RetryCondition.RESET;
import static io.signalbox.agent.model.RetryCondition.RESET_BEFORE_REQUEST;
import static io.signalbox.agent.model.RetryCondition.RETRIABLE_4XX;
import static io.signalbox.agent.model.RetryCondition.RETRIABLE_STATUS_CODES;
import static io.signalbox.agent.model.RetryCondition.SERVER_ERROR;

import io.signalbox.agent.model.RetryCondition;
import io.signalbox.agent.model.RetryPolicy;
import java.util.EnumSet;
import java.util.Set;

/** Which outcomes of an attempt a policy tries again, as Envoy's router decides it. */
public final class RetryRules {
    /** Instead of a gRPC status: the response's headers bear none. */
    public static final int NO_GRPC_STATUS = -1;

    private static final Set<RetryCondition> BEFORE_THE_REQUEST_IS_SENT =
            EnumSet.of(CONNECT_FAILURE, REFUSED_STREAM, RESET_BEFORE_REQUEST);
    private static final Set<RetryCondition> ON_GRPC_STATUS = EnumSet.of(
            GRPC_CANCELLED, GRPC_DEADLINE_EXCEEDED, GRPC_INTERNAL, GRPC_RESOURCE_EXHAUSTED, GRPC_UNAVAILABLE);

    private RetryRules() {}

    /**
     * Whether an attempt can be worth repeating after the request's body has gone out, so that the body must be kept.
     *
     * @param grpc whether the request is gRPC
     */
    public static boolean needsBody(RetryPolicy policy, boolean grpc) {
        for (RetryCondition condition : policy.conditions()) {
            boolean needs = condition == RETRIABLE_STATUS_CODES
                    ? !policy.statusCodes().isEmpty()
                    : ON_GRPC_STATUS.contains(condition) ? grpc : !BEFORE_THE_REQUEST_IS_SENT.contains(condition);
            if (needs) {
                return true;
            }
        }
        return false;
    }

    /** Whether an attempt that ended without a response is repeated. What a limit has stopped never is. */
    public static boolean afterFailure(RetryPolicy policy, AttemptFailure failure) {
        Set<RetryCondition> conditions = policy.conditions();
        return switch (failure) {
            case OVERFLOW -> false;
            case CONNECT_FAILURE -> conditions.contains(CONNECT_FAILURE) || afterAnyReset(conditions);
            case REFUSED_STREAM -> conditions.contains(REFUSED_STREAM) || afterAnyReset(conditions);
            case RESET_BEFORE_REQUEST -> conditions.contains(RESET_BEFORE_REQUEST) || afterAnyReset(conditions);
            case RESET, TIMEOUT -> afterAnyReset(conditions);
        };
    }

    private static boolean afterAnyReset(Set<RetryCondition> conditions) {
        return conditions.contains(RESET) || conditions.contains(SERVER_ERROR) || conditions.contains(GATEWAY_ERROR);
    }

    /**
     * Whether an attempt is repeated for what the headers of its response say.
     *
     * @param status HTTP status of the backend's response
     * @param grpcStatus the header {@code grpc-status} of a response to a gRPC request, else {@link #NO_GRPC_STATUS}
     * @param rateLimited whether the response has a header {@code x-envoy-ratelimited}
     */
    public static boolean afterResponse(RetryPolicy policy, int status, int grpcStatus, boolean rateLimited) {
        Set<RetryCondition> conditions = policy.conditions();
        if (rateLimited) {
            return conditions.contains(ENVOY_RATELIMITED);
        }
        return (status >= 500 && conditions.contains(SERVER_ERROR))
                || (status >= 502 && status <= 504 && conditions.contains(GATEWAY_ERROR))
                || (status == 409 && conditions.contains(RETRIABLE_4XX))
                || (conditions.contains(RETRIABLE_STATUS_CODES)
                        && policy.statusCodes().contains(status))
                || afterGrpcStatus(conditions, grpcStatus);
    }

    private static boolean afterGrpcStatus(Set<RetryCondition> conditions, int grpcStatus) {
        return switch (grpcStatus) {
            case GrpcStatus.CANCELLED -> conditions.contains(GRPC_CANCELLED);
            case GrpcStatus.DEADLINE_EXCEEDED -> conditions.contains(GRPC_DEADLINE_EXCEEDED);
            case GrpcStatus.RESOURCE_EXHAUSTED -> conditions.contains(GRPC_RESOURCE_EXHAUSTED);
            case GrpcStatus.INTERNAL -> conditions.contains(GRPC_INTERNAL);
            case GrpcStatus.UNAVAILABLE -> conditions.contains(GRPC_UNAVAILABLE);
            default -> false;
        };
    }
}
