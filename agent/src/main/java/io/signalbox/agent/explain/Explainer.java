package io.signalbox.agent.explain;

import io.signalbox.agent.balance.Place;
import io.signalbox.agent.config.RouteExplainer;
import io.signalbox.agent.config.WhatIfSnapshot;
import io.signalbox.agent.model.Caller;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.routing.PortTable;
import io.signalbox.agent.routing.RoutingTable;
import io.signalbox.config.v1.ExplainQuery;
import io.signalbox.config.v1.ExplainSource;
import io.signalbox.config.v1.Explanation;
import io.signalbox.config.v1.Label;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers questions by the table in force, or by a what-if table beside it. Thread-safe. */
public final class Explainer implements RouteExplainer {
    private final Supplier<RoutingTable> inForce;
    private final Place own;
    private final Supplier<String> revision;
    private final WhatIfTables whatIfTables = new WhatIfTables();

    /**
     * @param inForce reads the table in force
     * @param own node of the agent, and its locality for as long as the config service has not told it
     * @param revision of the registry behind the table in force; empty: unknown
     */
    public Explainer(Supplier<RoutingTable> inForce, Place own, Supplier<String> revision) {
        this.inForce = inForce;
        this.own = own;
        this.revision = revision;
    }

    @Override
    public Explanation explain(ExplainQuery query, @Nullable WhatIfSnapshot whatIf) {
        Queries.check(query);
        RoutingTable current = inForce.get();
        NodeWorkloads workloads =
                whatIf == null || whatIf.workloads() == null ? current.workloads() : whatIf.workloads();
        PortTable table = whatIf == null ? current.port(query.getPort()) : whatIfTables.of(whatIf.port());
        Question question =
                new Question(query, table, caller(query.getSource(), workloads), place(query.getSource(), workloads));
        Explanation.Builder answer = new Explaining(question).answer();
        if (whatIf == null) {
            answer.setRevision(revision.get());
        }
        return answer.setNode(own.node()).build();
    }

    private static Caller caller(ExplainSource source, NodeWorkloads workloads) {
        Map<String, String> labels = new HashMap<>();
        for (Label label : source.getLabelsList()) {
            labels.put(label.getKey(), label.getValue());
        }
        return workloads.caller(source.getNamespace(), labels);
    }

    private Place place(ExplainSource source, NodeWorkloads workloads) {
        boolean isOwn = source.getNode().isEmpty() || source.getNode().equals(own.node());
        String known = workloads.locality().isEmpty() && isOwn ? own.locality() : workloads.locality();
        return new Place(
                isOwn ? own.node() : source.getNode(), source.getLocality().isEmpty() ? known : source.getLocality());
    }
}
