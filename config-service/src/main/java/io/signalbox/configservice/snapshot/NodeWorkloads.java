package io.signalbox.configservice.snapshot;

import java.util.List;

/**
 * The workloads of one node.
 *
 * @param node name of the node
 * @param workloads ordered, each once
 */
public record NodeWorkloads(String node, List<Workload> workloads) {
    public NodeWorkloads {
        workloads = workloads.stream().sorted().toList();
    }
}
