package io.signalbox.agent.explain;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.signalbox.agent.explain.BackendAnswer.Choice;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.CorsPolicy;
import io.signalbox.agent.model.Fault;
import io.signalbox.agent.model.LoadBalancer;
import io.signalbox.agent.model.RetryPolicy;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.agent.model.StringMatch;
import io.signalbox.agent.model.TlsOrigination;
import io.signalbox.agent.routing.PreparedMirror;
import io.signalbox.agent.routing.PreparedRoute;
import io.signalbox.config.v1.ExplainedBackend;
import io.signalbox.config.v1.ExplainedCors;
import io.signalbox.config.v1.ExplainedFault;
import io.signalbox.config.v1.ExplainedMirror;
import io.signalbox.config.v1.ExplainedPolicy;
import io.signalbox.config.v1.ExplainedRetries;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What applies besides the choice of a backend. */
final class PolicyAnswer {
    private static final double PER_PERCENT = 10_000;

    private PolicyAnswer() {}

    /** Of traffic that goes to its original destination untouched. */
    static ExplainedPolicy passthrough() {
        return ExplainedPolicy.newBuilder().setMtls(false).build();
    }

    /** Of the backends alone. */
    static ExplainedPolicy.Builder backends(List<Choice> choices) {
        ExplainedPolicy.Builder policy = ExplainedPolicy.newBuilder();
        for (Choice choice : choices) {
            Backend backend = choice.backend();
            if (backend != null) {
                return policy.setLoadBalancer(word(backend.loadBalancer())).setMtls(isMutual(backend.tls()));
            }
        }
        return policy;
    }

    private static String word(LoadBalancer loadBalancer) {
        return loadBalancer == LoadBalancer.CONSISTENT_HASH ? "consistentHash" : loadBalancer.name();
    }

    private static boolean isMutual(@Nullable TlsOrigination tls) {
        return tls != null && tls.mode() != TlsOrigination.Mode.SIMPLE;
    }

    /** Of a route, whatever its action. */
    static ExplainedPolicy.Builder route(PreparedRoute prepared, List<Choice> choices, List<Choice> mirrors) {
        ExplainedPolicy.Builder policy = backends(choices);
        Route route = prepared.route();
        if (route.action() instanceof RouteAction.Forward forward) {
            if (forward.timeoutMillis() > 0) {
                policy.setTimeout(millis(forward.timeoutMillis()));
            }
            policy.setRetries(retries(forward.retry()));
            for (int i = 0; i < mirrors.size(); i++) {
                policy.addMirrors(
                        mirror(prepared.mirrors().get(i), mirrors.get(i).explained()));
            }
        }
        if (route.fault() != null) {
            policy.setFault(fault(route.fault()));
        }
        if (route.cors() != null) {
            policy.setCors(cors(route.cors()));
        }
        return policy;
    }

    private static Duration millis(int millis) {
        return Durations.fromMillis(millis);
    }

    private static ExplainedRetries retries(@Nullable RetryPolicy retry) {
        ExplainedRetries.Builder retries = ExplainedRetries.newBuilder();
        if (retry == null) {
            return retries.setAttempts(0).build();
        }
        retries.setAttempts(retry.attempts()).setRetryOn(retry.retryOn());
        if (retry.perTryTimeoutMillis() > 0) {
            retries.setPerTryTimeout(millis(retry.perTryTimeoutMillis()));
        }
        return retries.build();
    }

    private static ExplainedFault fault(Fault fault) {
        ExplainedFault.Builder explained = ExplainedFault.newBuilder();
        if (fault.delayMillis() > 0) {
            explained.setDelay(millis(fault.delayMillis())).setDelayPercent(fault.delayPerMillion() / PER_PERCENT);
        }
        if (fault.abortHttpStatus() > 0) {
            explained.setAbortStatus(fault.abortHttpStatus());
        }
        if (fault.abortGrpcStatus() != null) {
            explained.setAbortGrpcStatus(fault.abortGrpcStatus());
        }
        if (fault.abortHttpStatus() > 0 || fault.abortGrpcStatus() != null) {
            explained.setAbortPercent(fault.abortPerMillion() / PER_PERCENT);
        }
        return explained.build();
    }

    private static ExplainedMirror mirror(PreparedMirror mirror, ExplainedBackend destination) {
        ExplainedMirror.Builder explained = ExplainedMirror.newBuilder()
                .setHost(destination.getHost())
                .setPort(destination.getPort())
                .setPercent(mirror.perMillion() / PER_PERCENT);
        if (destination.hasSubset()) {
            explained.setSubset(destination.getSubset());
        }
        return explained.build();
    }

    private static ExplainedCors cors(CorsPolicy cors) {
        ExplainedCors.Builder explained = ExplainedCors.newBuilder().setAllowCredentials(cors.allowCredentials());
        for (StringMatch origin : cors.allowOrigins()) {
            explained.addAllowOrigins(
                    switch (origin) {
                        case StringMatch.Exact(String exact) -> exact;
                        case StringMatch.Prefix(String prefix) -> prefix + "...";
                        case StringMatch.Regex(var pattern) -> "/" + pattern.pattern() + "/";
                        case StringMatch.Present present -> "*";
                    });
        }
        if (!cors.allowMethods().isEmpty()) {
            explained.setAllowMethods(cors.allowMethods());
        }
        if (!cors.allowHeaders().isEmpty()) {
            explained.setAllowHeaders(cors.allowHeaders());
        }
        if (!cors.exposeHeaders().isEmpty()) {
            explained.setExposeHeaders(cors.exposeHeaders());
        }
        if (cors.maxAgeSeconds() != null) {
            explained.setMaxAge(Durations.fromSeconds(cors.maxAgeSeconds()));
        }
        return explained.build();
    }
}
