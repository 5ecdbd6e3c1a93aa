package io.signalbox.agent.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import io.signalbox.config.v1.ExplainedBackend;
import io.signalbox.config.v1.ExplainedFault;
import io.signalbox.config.v1.ExplainedFrontend;
import io.signalbox.config.v1.ExplainedMirror;
import io.signalbox.config.v1.ExplainedPolicy;
import io.signalbox.config.v1.ExplainedResponse;
import io.signalbox.config.v1.ExplainedRule;
import io.signalbox.config.v1.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An answer for a person to read. */
final class AnswerText {
    private final StringBuilder text = new StringBuilder();

    /** @param json the answer of the agent */
    AnswerText(String json) {
        Explanation.Builder parsed = Explanation.newBuilder();
        try {
            JsonFormat.parser().ignoringUnknownFields().merge(json, parsed);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the agent's answer cannot be read: " + e.getMessage(), e);
        }
        write(parsed.build());
    }

    private void write(Explanation answer) {
        line("Outcome", answer.getOutcome().replace('_', ' '));
        line("Frontend", frontend(answer.getFrontend()));
        if (answer.hasRule()) {
            line("Rule", rule(answer.getRule()));
        }
        for (ExplainedBackend backend : answer.getBackendsList()) {
            line("Backend", backend(backend));
            backend.getEndpointsList().forEach(endpoint -> line("", "  " + endpoint));
        }
        if (answer.hasRequest()) {
            line(
                    "Sent",
                    answer.getRequest().getAuthority() + " "
                            + answer.getRequest().getPath());
            headers("  set ", answer.getRequest().getHeadersMap());
            removed(answer.getRequest().getHeadersRemovedList());
        }
        if (answer.hasResponse()) {
            line("Response", response(answer.getResponse()));
        }
        headers("  response sets ", answer.getResponseHeadersMap());
        removed(answer.getResponseHeadersRemovedList());
        if (answer.hasPolicy()) {
            policy(answer.getPolicy());
        }
        text.append(System.lineSeparator()).append("Why").append(System.lineSeparator());
        int number = 0;
        for (String step : answer.getStepsList()) {
            text.append(String.format("%4d. %s%n", ++number, step));
        }
    }

    private void line(String name, String value) {
        text.append(String.format("%-10s%s%n", name, value));
    }

    private static String frontend(ExplainedFrontend frontend) {
        return frontend.hasService()
                ? frontend.getService() + ":" + frontend.getPort() + " (by " + by(frontend.getMatch()) + ")"
                : "none: unmatched";
    }

    private static String by(String match) {
        return switch (match) {
            case "host" -> "Host";
            case "sni" -> "SNI";
            case "vip" -> "address";
            case "pod_ip" -> "address of a pod";
            default -> match;
        };
    }

    private static String rule(ExplainedRule rule) {
        String route = rule.getRoute().hasStringValue()
                ? "'" + rule.getRoute().getStringValue() + "'"
                : String.valueOf((long) rule.getRoute().getNumberValue());
        return rule.getKind() + " " + rule.getNamespace() + "/" + rule.getName() + ", route " + route;
    }

    private static String backend(ExplainedBackend backend) {
        String name = backend.getHost() + ":" + backend.getPort()
                + (backend.hasSubset() ? " subset " + backend.getSubset() : "");
        String unknown = backend.hasUnknownReason() ? ", not known: " + backend.getUnknownReason() : "";
        String spoken = backend.hasUpstreamProtocol() ? ", by " + backend.getUpstreamProtocol() : "";
        return String.format("%s %% %s%s%s", number(backend.getWeight()), name, unknown, spoken);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format("%.4f", value);
    }

    private void headers(String what, Map<String, String> headers) {
        new TreeMap<>(headers).forEach((name, value) -> line("", what + name + ": " + value));
    }

    private void removed(List<String> names) {
        names.forEach(name -> line("", "  without " + name));
    }

    private static String response(ExplainedResponse response) {
        List<String> parts = new ArrayList<>();
        if (response.hasStatus()) {
            parts.add(String.valueOf(response.getStatus()));
        }
        if (response.hasGrpcStatus()) {
            parts.add("grpc-status " + response.getGrpcStatus());
        }
        if (response.hasFlag()) {
            parts.add("flag " + response.getFlag());
        }
        if (response.hasLocation()) {
            parts.add("Location " + response.getLocation());
        }
        if (response.hasBody()) {
            parts.add("'" + response.getBody() + "'");
        }
        return String.join(", ", parts);
    }

    private void policy(ExplainedPolicy policy) {
        List<String> parts = new ArrayList<>();
        if (policy.hasTimeout()) {
            parts.add("timeout " + Durations.toString(policy.getTimeout()));
        }
        if (policy.hasRetries()) {
            int attempts = policy.getRetries().getAttempts();
            parts.add(
                    attempts == 0
                            ? "no retries"
                            : attempts + " retries on " + policy.getRetries().getRetryOn());
        }
        if (policy.hasLoadBalancer()) {
            parts.add(policy.getLoadBalancer());
        }
        if (policy.getMtls()) {
            parts.add("mutual TLS");
        }
        if (policy.hasFault()) {
            parts.add(fault(policy.getFault()));
        }
        for (ExplainedMirror mirror : policy.getMirrorsList()) {
            parts.add("mirrors " + number(mirror.getPercent()) + " % to " + mirror.getHost() + ":" + mirror.getPort());
        }
        if (!parts.isEmpty()) {
            line("Policy", String.join("; ", parts));
        }
    }

    private static String fault(ExplainedFault fault) {
        List<String> parts = new ArrayList<>();
        if (fault.hasDelay()) {
            parts.add("delays " + number(fault.getDelayPercent()) + " % by " + Durations.toString(fault.getDelay()));
        }
        if (fault.hasAbortPercent()) {
            parts.add("aborts " + number(fault.getAbortPercent()) + " % with "
                    + (fault.hasAbortGrpcStatus()
                            ? "gRPC status " + fault.getAbortGrpcStatus()
                            : String.valueOf(fault.getAbortStatus())));
        }
        return String.join(", ", parts);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
