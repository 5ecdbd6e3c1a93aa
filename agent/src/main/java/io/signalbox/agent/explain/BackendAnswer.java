package io.signalbox.agent.explain;

import io.signalbox.agent.balance.PickContext;
import io.signalbox.agent.balance.Preference;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.BackendEndpoint;
import io.signalbox.agent.model.Destination;
import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.PreparedTarget;
import io.signalbox.agent.routing.Router;
import io.signalbox.agent.routing.WeightedTargets;
import io.signalbox.config.v1.ExplainedBackend;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where traffic of a route goes: its destinations with a share, and their endpoints. */
final class BackendAnswer {
    private static final double PERCENT = 100;

    private final Question question;
    private final Router router;

    /** Host or SNI that is resolved where a backend has no endpoints of its own; empty: none. */
    private final String requestedHost;

    /** HTTP version that the caller speaks; empty: opaque bytes. */
    private final String spoken;

    BackendAnswer(Question question, Router router, String requestedHost, String spoken) {
        this.question = question;
        this.router = router;
        this.requestedHost = requestedHost;
        this.spoken = spoken;
    }

    /**
     * A destination.
     *
     * @param backend null when the destination is not known
     */
    record Choice(PreparedTarget target, @Nullable Backend backend, ExplainedBackend explained) {
        boolean isKnown() {
            return backend != null;
        }
    }

    /** The destinations that get anything. */
    List<Choice> choices(WeightedTargets targets, String service) {
        List<Choice> choices = new ArrayList<>();
        for (PreparedTarget target : targets.all()) {
            double share = targets.share(target);
            if (share > 0) {
                choices.add(choice(target, share * PERCENT, service));
            }
        }
        return choices;
    }

    /** The destination of a copy. */
    Choice mirror(PreparedTarget target, String service) {
        return choice(target, PERCENT, service);
    }

    private Choice choice(PreparedTarget target, double weight, String service) {
        PreparedBackend prepared = router.backend(target);
        ExplainedBackend.Builder explained = ExplainedBackend.newBuilder().setWeight(weight);
        if (prepared == null) {
            Destination named = target.weighted().destination();
            explained.setHost(named == null ? service : named.host());
            explained.setPort(named == null ? 0 : named.port());
            if (named != null && !named.subset().isEmpty()) {
                explained.setSubset(named.subset());
            }
            explained.setUnknownReason(target.unknownReason(router.caller()));
            return new Choice(target, null, explained.build());
        }
        Backend backend = prepared.backend();
        explained.setHost(backend.host()).setPort(backend.port()).addAllEndpoints(endpoints(backend));
        if (!backend.subset().isEmpty()) {
            explained.setSubset(backend.subset());
        }
        if (!spoken.isEmpty()) {
            explained.setUpstreamProtocol(Question.httpVersion(backend, spoken));
        }
        return new Choice(target, backend, explained.build());
    }

    /** Those that the caller's traffic may be sent to while all are healthy. */
    private List<String> endpoints(Backend backend) {
        return switch (backend.discovery()) {
            case ORIGINAL_DESTINATION -> List.of(originalDestination(backend).toString());
            case DYNAMIC_DNS ->
                requestedHost.isEmpty()
                        ? List.of()
                        : List.of(requestedHost + ":"
                                + (backend.targetPort() == 0 ? backend.port() : backend.targetPort()));
            case STATIC, DNS, DNS_ROUND_ROBIN -> preferred(backend);
        };
    }

    private Endpoint originalDestination(Backend backend) {
        Endpoint dialled = question.destination();
        return backend.targetPort() == 0 ? dialled : new Endpoint(dialled.address(), backend.targetPort());
    }

    private List<String> preferred(Backend backend) {
        List<BackendEndpoint> all = backend.endpoints();
        PickContext context = new PickContext();
        context.caller(question.caller());
        List<String> labels = context.callerLabels(Preference.labelsThatCount(backend), question.place());
        List<String> texts = new ArrayList<>();
        for (int index : Preference.of(backend, all, question.place(), labels).preferred()) {
            texts.add(all.get(index).toString());
        }
        return texts;
    }
}
