package io.signalbox.agent.explain;

import com.google.protobuf.util.Durations;
import io.signalbox.agent.model.Route;
import io.signalbox.agent.model.RouteAction;
import io.signalbox.config.v1.ExplainedFault;
import io.signalbox.config.v1.ExplainedMirror;
import io.signalbox.config.v1.ExplainedPolicy;
import io.signalbox.config.v1.ExplainedRetries;
import java.util.List;

/** Tells what else a route does. */
final class PolicySteps {
    private PolicySteps() {}

    static void tell(Route route, ExplainedPolicy policy, List<String> steps) {
        if (policy.hasFault()) {
            fault(policy.getFault(), steps);
        }
        if (route.action() instanceof RouteAction.Forward) {
            forward(policy, steps);
        }
    }

    private static void fault(ExplainedFault fault, List<String> steps) {
        if (fault.hasDelay() && fault.getDelayPercent() > 0) {
            steps.add("On purpose, " + BackendSteps.percent(fault.getDelayPercent()) + " % of requests are delayed by "
                    + Durations.toString(fault.getDelay()) + ".");
        }
        if (fault.getAbortPercent() > 0) {
            steps.add("On purpose, " + BackendSteps.percent(fault.getAbortPercent()) + " % of requests are answered "
                    + (fault.hasAbortGrpcStatus()
                            ? "with gRPC status " + fault.getAbortGrpcStatus()
                            : String.valueOf(fault.getAbortStatus()))
                    + ".");
        }
    }

    private static void forward(ExplainedPolicy policy, List<String> steps) {
        ExplainedRetries retries = policy.getRetries();
        StringBuilder text = new StringBuilder(
                policy.hasTimeout()
                        ? "The response must be complete within " + Durations.toString(policy.getTimeout())
                        : "There is no timeout");
        if (retries.getAttempts() == 0) {
            text.append(", and no retry");
        } else {
            text.append(", and up to ")
                    .append(retries.getAttempts())
                    .append(retries.getAttempts() == 1 ? " retry" : " retries")
                    .append(" on ")
                    .append(retries.getRetryOn());
        }
        steps.add(text.append('.').toString());
        for (ExplainedMirror mirror : policy.getMirrorsList()) {
            steps.add(BackendSteps.percent(mirror.getPercent()) + " % of requests are copied to " + mirror.getHost()
                    + ":" + mirror.getPort() + ".");
        }
    }
}
