package io.signalbox.configservice.explain;

import io.signalbox.config.v1.ExplainQuery;
import io.signalbox.config.v1.ExplainRequest;
import io.signalbox.config.v1.ExplainSource;
import io.signalbox.config.v1.Explanation;
import io.signalbox.config.v1.WhatIf;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.publish.AgentQuestions;
import io.signalbox.configservice.publish.UnansweredException;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.Published;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes questions to an agent's router. Safe on any thread; blocks the caller until the answer is there. */
public final class Explainer {
    private static final int MAX_REFUSED_NAMED = 10;

    private final AgentQuestions agents;
    private final WhatIfs whatIfs;
    private final Supplier<PipelineState> live;
    private final Supplier<Published> published;

    /** Asks these agents. */
    public Explainer(
            AgentQuestions agents, WhatIfs whatIfs, Supplier<PipelineState> live, Supplier<Published> published) {
        this.agents = agents;
        this.whatIfs = whatIfs;
        this.live = live;
        this.published = published;
    }

    /**
     * Answers a question.
     *
     * @param manifests decide instead of what is in force; null: what the agent has in force decides
     */
    public Explanation explain(ExplainQuery query, @Nullable Manifests manifests)
            throws UnansweredException, WhatIfException, InterruptedException {
        String node = query.getSource().getNode();
        if (manifests == null) {
            String revision = live.get().registry().revision().toString();
            ExplainRequest request = ExplainRequest.newBuilder()
                    .setQuery(placed(query, published.get()))
                    .build();
            return agents.ask(node, _ -> request).toBuilder()
                    .setRevision(revision)
                    .build();
        }
        WhatIfRegistry registry = whatIfs.compile(manifests);
        ExplainQuery placed = placed(query, registry.published());
        Explanation answer = agents.ask(
                node,
                answering -> ExplainRequest.newBuilder()
                        .setQuery(placed)
                        .setWhatIf(whatIf(registry.published(), query.getPort(), node.isEmpty() ? answering : node))
                        .build());
        Explanation.Builder complete =
                answer.toBuilder().setRevision(registry.revision()).clearSteps();
        if (!registry.refused().isEmpty()) {
            complete.addSteps(refused(registry));
        }
        return complete.addAllSteps(answer.getStepsList()).build();
    }

    /** Another node's agent may answer, and knows nothing of the place of the caller's. */
    private static ExplainQuery placed(ExplainQuery query, Published published) {
        ExplainSource source = query.getSource();
        if (source.getNode().isEmpty() || !source.getLocality().isEmpty()) {
            return query;
        }
        String locality = published.workloads(source.getNode()).message().getLocality();
        return query.toBuilder()
                .setSource(source.toBuilder().setLocality(locality))
                .build();
    }

    private static WhatIf whatIf(Published published, int port, String node) {
        WhatIf.Builder whatIf = WhatIf.newBuilder();
        EncodedPort snapshot = published.ports().get(port);
        if (snapshot != null) {
            whatIf.setPort(snapshot.full());
        }
        return whatIf.setWorkloads(published.workloads(node).message().toBuilder()
                        .clearVersion()
                        .clearWorkloads())
                .build();
    }

    private static String refused(WhatIfRegistry registry) {
        String names = registry.refused().stream()
                .limit(MAX_REFUSED_NAMED)
                .map(Explainer::named)
                .collect(Collectors.joining(", "));
        int more = registry.refused().size() - MAX_REFUSED_NAMED;
        return "Refused, so it does not count (POST /v1/validate says why): " + names
                + (more > 0 ? " and " + more + " more" : "") + ".";
    }

    private static String named(ObjectRef object) {
        return object.kind().isEmpty() || object.name().isEmpty()
                ? "a document without kind or name"
                : object.toString();
    }
}
