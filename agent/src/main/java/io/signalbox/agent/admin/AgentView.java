package io.signalbox.agent.admin;

import io.signalbox.agent.capture.pods.PodReport;
import io.signalbox.agent.config.ConfigStats;
import io.signalbox.agent.model.Snapshot;
import io.signalbox.agent.proxy.ConnectionReport;
import io.signalbox.agent.upstream.BackendReport;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the admin endpoint shows of the agent, and what it can ask of it. Called on the admin threads. */
public interface AgentView {
    /** Why the agent is not ready to serve, as sentences; empty when it is. */
    List<String> notReadyReasons();

    /** What is in force, and where it came from. */
    ServedState served();

    /** All downstream connections. */
    List<ConnectionReport> connections();

    /** The network namespaces of pods in which the agent captures, or should; none in other modes. */
    List<PodReport> pods();

    /** All backends with their endpoints. */
    List<BackendReport> backends();

    /** Content type of the metrics for a scraper with this Accept header. */
    String metricsContentType(@Nullable String accept);

    /** Writes the metrics. */
    void writeMetrics(OutputStream out, @Nullable String accept) throws IOException;

    /**
     * Says what becomes of traffic, and why.
     *
     * @param question JSON, as for the config service's {@code POST /v1/explain}
     * @return JSON
     * @throws IllegalArgumentException for a question that cannot be answered; the message says why
     */
    String explain(String question);

    /** Begins to drain; the process ends when that is done. Returns at once. */
    void drain();

    /**
     * What the agent serves.
     *
     * @param node name of the node
     * @param zone of the node; empty when unknown
     * @param source where it came from, as {@code ConfigStats.Source} spells it
     * @param followed replica of the config service that a stream is open to; null: none
     * @param lastAppliedEpochMillis 0 when nothing was applied
     * @param snapshot what is in force
     */
    record ServedState(
            String node,
            String zone,
            String source,
            ConfigStats.@Nullable Followed followed,
            long lastAppliedEpochMillis,
            Snapshot snapshot) {}
}
