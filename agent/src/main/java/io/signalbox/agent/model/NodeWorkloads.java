package io.signalbox.agent.model;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The workloads of the agent's node, by address: who it is that opens a connection. */
public final class NodeWorkloads {
    /** No workload is known. */
    public static final NodeWorkloads EMPTY = new NodeWorkloads(Version.NONE, List.of());

    private final Version version;
    private final List<Workload> workloads;
    private final Map<InetAddress, Workload> byAddress;

    /** Where two workloads claim one address, the first keeps it. */
    public NodeWorkloads(Version version, List<Workload> workloads) {
        this.version = version;
        this.workloads = List.copyOf(workloads);
        Map<InetAddress, Workload> index = new HashMap<>();
        for (Workload workload : this.workloads) {
            for (InetAddress address : workload.addresses()) {
                index.putIfAbsent(address, workload);
            }
        }
        this.byAddress = Map.copyOf(index);
    }

    /** The content hash. */
    public Version version() {
        return version;
    }

    /** In the order in which the config service sent them. */
    public List<Workload> workloads() {
        return workloads;
    }

    /** The workload behind an address, or null when it is unknown. */
    public @Nullable Workload at(InetAddress address) {
        return byAddress.get(address);
    }
}
