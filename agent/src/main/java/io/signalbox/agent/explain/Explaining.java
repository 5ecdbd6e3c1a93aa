package io.signalbox.agent.explain;

import com.google.protobuf.Value;
import io.signalbox.agent.explain.BackendAnswer.Choice;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.L4Route;
import io.signalbox.agent.model.OutboundPolicy;
import io.signalbox.agent.model.RuleRef;
import io.signalbox.agent.routing.ConnectionDecision;
import io.signalbox.agent.routing.FrontendMatch;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.PreparedFrontend;
import io.signalbox.agent.routing.PreparedL4Route;
import io.signalbox.agent.routing.Router;
import io.signalbox.config.v1.ExplainedFrontend;
import io.signalbox.config.v1.ExplainedRule;
import io.signalbox.config.v1.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers one question: follows a connection as far as its bytes are not looked at, and leaves requests to another. */
final class Explaining {
    private final Question question;
    private final Router router;
    private final Explanation.Builder answer = Explanation.newBuilder();
    private final List<String> steps = new ArrayList<>();

    Explaining(Question question) {
        this.question = question;
        this.router = question.router();
    }

    Explanation.Builder answer() {
        PortTable table = question.table();
        if (table != null) {
            answer.setSnapshotVersion(table.version().value());
        }
        steps.add(caller());
        if (table == null) {
            steps.add("Nothing is configured on port " + question.query().getPort() + ".");
        }
        tellAddress();
        if (question.isHttp() && router.takesHttp()) {
            new RequestExplaining(question, router, answer, steps).explain();
        } else {
            connection();
        }
        return answer.addAllSteps(steps);
    }

    private String caller() {
        Caller caller = question.caller();
        StringBuilder text = new StringBuilder("The caller is in ");
        text.append(caller.namespace().isEmpty() ? "no known namespace" : "namespace " + caller.namespace());
        text.append(
                caller.labels().isEmpty() ? ", without labels" : ", with labels " + Conditions.labels(caller.labels()));
        if (!caller.scope().isEmpty()) {
            text.append(", and sees only what Sidecar ").append(caller.scope()).append(" imports");
        }
        return text.append('.').toString();
    }

    // ---- what is at the address -----------------------------------------------------------------------------------

    private void tellAddress() {
        PreparedFrontend frontend = router.addressFrontend();
        String destination = question.destination().toString();
        if (frontend == null) {
            if (question.table() != null) {
                steps.add("No frontend has the address " + destination + " for this caller"
                        + (question.isHttp() ? "; HTTP goes by Host, whatever its address." : "."));
            }
            return;
        }
        String what = switch (frontend.match()) {
            case PORT -> "Every address on the port belongs to ";
            case POD_IP -> destination + " is the address of an endpoint of headless ";
            case VIP, HOST, SNI ->
                frontend.cidr().isExact()
                        ? destination + " is the address of "
                        : destination + " lies in range " + frontend.cidr() + " of ";
        };
        steps.add(what + frontend.service() + ", " + protocol(frontend)
                + (frontend.match() == FrontendMatch.PORT
                        ? "; that counts where neither Host nor SNI decides."
                        : "; it hides everything else on the port."));
    }

    private static String protocol(PreparedFrontend frontend) {
        return switch (frontend.protocol()) {
            case TCP -> "opaque TCP";
            case TLS -> "TLS that is passed on";
            case DETECT -> frontend.takesHttp() ? "whose bytes tell whether they are HTTP" : "opaque TCP";
        };
    }

    // ---- connections ----------------------------------------------------------------------------------------------

    private void connection() {
        if (question.isHttp()) {
            steps.add("Nothing there takes HTTP for this caller, so the request is opaque bytes.");
        }
        String sni = "";
        ConnectionDecision decision;
        if (question.isTls() && router.dependsOnSni()) {
            sni = question.query().getTls().getSni().toLowerCase(Locale.ROOT);
            steps.add(sni.isEmpty() ? "The ClientHello bears no SNI." : "The ClientHello bears the SNI '" + sni + "'.");
            decision = router.tls(sni.isEmpty() ? null : sni);
        } else {
            decision = router.opaque();
        }
        switch (decision) {
            case ConnectionDecision.Forward forward -> forward(forward, sni);
            case ConnectionDecision.Passthrough passthrough -> unmatched(sni);
            case ConnectionDecision.Refuse refuse -> unmatched(sni);
            case ConnectionDecision.Inspect inspect -> throw new IllegalStateException("asked with all bytes known");
        }
    }

    private void forward(ConnectionDecision.Forward forward, String sni) {
        PreparedL4Route prepared = forward.route();
        L4Route route = prepared.route();
        setFrontend(answer, forward.match().name().toLowerCase(Locale.ROOT), route.service(), question);
        if (forward.match() == FrontendMatch.SNI) {
            steps.add("The SNI means " + route.service() + ".");
        }
        setRule(answer, route.rule());
        tellMissesBefore(prepared, sni);
        steps.add(RouteSteps.name(route.rule()) + " takes the connection" + conditions(route) + ".");
        List<Choice> choices =
                new BackendAnswer(question, router, sni, "").choices(prepared.targets(), route.service());
        choices.forEach(choice -> answer.addBackends(choice.explained()));
        answer.setPolicy(PolicyAnswer.backends(choices));
        BackendSteps.tell(choices, "", steps);
        if (choices.stream().noneMatch(Choice::isKnown)) {
            answer.setOutcome("reject");
            steps.add("The connection is closed.");
        } else {
            answer.setOutcome("route");
            if (choices.stream().allMatch(choice -> choice.explained().getEndpointsCount() == 0)) {
                steps.add("No endpoint can be used, so the connection is closed.");
            }
        }
    }

    private void tellMissesBefore(PreparedL4Route chosen, String sni) {
        PreparedFrontend frontend = router.addressFrontend();
        if (frontend != null && frontend.routes().contains(chosen)) {
            frontend.routes().stream()
                    .takeWhile(route -> !route.equals(chosen))
                    .forEach(route -> tellMiss(route.route(), sni));
        }
    }

    private static String conditions(L4Route route) {
        List<String> conditions = new ArrayList<>();
        if (!route.sniHost().isEmpty()) {
            conditions.add("SNI '" + route.sniHost() + "'");
        }
        if (route.destinationSubnet() != null) {
            conditions.add("destination in " + route.destinationSubnet());
        }
        if (!route.sourceLabels().isEmpty()) {
            conditions.add("caller's labels " + Conditions.labels(route.sourceLabels()));
        }
        return conditions.isEmpty() ? "" : " (" + String.join(", ", conditions) + ")";
    }

    private void unmatched(String sni) {
        PreparedFrontend frontend = router.addressFrontend();
        if (frontend != null) {
            for (PreparedL4Route route : frontend.routes()) {
                tellMiss(route.route(), sni);
            }
        } else if (!sni.isEmpty()) {
            steps.add("No service on the port claims the SNI '" + sni + "' for this caller.");
        }
        setUnmatched(answer);
        if (question.caller().outboundPolicy() == OutboundPolicy.REGISTRY_ONLY) {
            answer.setOutcome("reject");
            steps.add("The connection is unmatched, and the caller may reach known services only (REGISTRY_ONLY): it is"
                    + " closed.");
        } else {
            answer.setOutcome("passthrough").setPolicy(PolicyAnswer.passthrough());
            steps.add("The connection is unmatched: it goes through to " + question.destination() + ", untouched.");
        }
    }

    private void tellMiss(L4Route route, String sni) {
        Caller caller = question.caller();
        String name = RouteSteps.name(route.rule());
        if (!caller.hasLabels(route.sourceLabels())) {
            steps.add(name + " is for callers with labels " + Conditions.labels(route.sourceLabels()) + ".");
        } else if (route.destinationSubnet() != null
                && !route.destinationSubnet().contains(question.destination().address())) {
            steps.add(name + " wants a destination in " + route.destinationSubnet() + ".");
        } else if (!route.sniHost().isEmpty()) {
            steps.add(name + " wants the SNI '" + route.sniHost() + "'; there is "
                    + (sni.isEmpty() ? "none" : "'" + sni + "'") + ".");
        }
    }

    // ---- parts of answers -----------------------------------------------------------------------------------------

    static void setFrontend(Explanation.Builder answer, String match, String service, Question question) {
        answer.setFrontend(ExplainedFrontend.newBuilder()
                .setMatch(match)
                .setService(service)
                .setPort(question.query().getPort()));
    }

    static void setUnmatched(Explanation.Builder answer) {
        answer.setFrontend(ExplainedFrontend.newBuilder().setMatch("unmatched"));
    }

    static void setRule(Explanation.Builder answer, @Nullable RuleRef rule) {
        if (rule != null) {
            Value.Builder route = rule.route().isEmpty()
                    ? Value.newBuilder().setNumberValue(rule.index())
                    : Value.newBuilder().setStringValue(rule.route());
            answer.setRule(ExplainedRule.newBuilder()
                    .setKind(rule.kind())
                    .setNamespace(rule.namespace())
                    .setName(rule.name())
                    .setRoute(route));
        }
    }
}
