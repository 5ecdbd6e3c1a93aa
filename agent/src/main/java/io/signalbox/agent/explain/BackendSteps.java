package io.signalbox.agent.explain;

import io.signalbox.agent.explain.BackendAnswer.Choice;
import io.signalbox.agent.model.Backend;
import io.signalbox.config.v1.ExplainedBackend;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** Tells where traffic goes. */
final class BackendSteps {
    private BackendSteps() {}

    /** @param spoken HTTP version of the caller; empty: no HTTP */
    static void tell(List<Choice> choices, String spoken, List<String> steps) {
        for (Choice choice : choices) {
            ExplainedBackend explained = choice.explained();
            String share = choices.size() == 1 ? "Everything" : percent(explained.getWeight()) + " %";
            String name = explained.getHost()
                    + (explained.getPort() == 0 ? "" : ":" + explained.getPort())
                    + (explained.hasSubset() ? ", subset " + explained.getSubset() : "");
            Backend backend = choice.backend();
            if (backend == null) {
                steps.add(RouteSteps.sentence(share + " goes to " + name + ", which is not known"
                        + (explained.getUnknownReason().isEmpty() ? "" : ": " + explained.getUnknownReason())));
            } else {
                steps.add(share + " goes to " + name + ": " + endpoints(backend, explained)
                        + translation(explained, spoken) + policy(backend) + ".");
            }
        }
    }

    private static String endpoints(Backend backend, ExplainedBackend explained) {
        return switch (backend.discovery()) {
            case ORIGINAL_DESTINATION -> "the address that the caller dialled";
            case DYNAMIC_DNS -> "the requested name, resolved";
            case DNS, DNS_ROUND_ROBIN -> "what its names resolve to, chosen by " + word(backend);
            case STATIC -> {
                int all = backend.endpoints().size();
                int usable = explained.getEndpointsCount();
                String count = usable == 1 ? "one endpoint" : usable == 0 ? "no endpoint" : usable + " endpoints";
                String scope = backend.nodeLocal() ? " on the caller's node" : "";
                yield count
                        + scope
                        + (usable < all ? " of " + all : "")
                        + (usable > 1 ? ", chosen by " + word(backend) : "");
            }
        };
    }

    private static String word(Backend backend) {
        return switch (backend.loadBalancer()) {
            case LEAST_REQUEST -> "least requests";
            case PEAK_EWMA -> "latency and requests (peak EWMA)";
            case ROUND_ROBIN -> "turns";
            case RANDOM -> "chance";
            case CONSISTENT_HASH -> "consistent hashing";
            case PASSTHROUGH -> "nothing";
        };
    }

    private static String translation(ExplainedBackend explained, String spoken) {
        String upstream = explained.getUpstreamProtocol();
        return upstream.equals(spoken) ? "" : ", spoken to by " + upstream + " while the caller speaks " + spoken;
    }

    private static String policy(Backend backend) {
        return backend.policyRule() == null
                ? ""
                : "; its policy is that of " + backend.policyRule().kind() + " "
                        + backend.policyRule().namespace() + "/"
                        + backend.policyRule().name();
    }

    static String percent(double value) {
        return BigDecimal.valueOf(value)
                .setScale(4, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
