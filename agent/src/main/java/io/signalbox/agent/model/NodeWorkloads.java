package io.signalbox.agent.model;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The workloads of the agent's node, by address and by UID, and what else makes callers differ. */
public final class NodeWorkloads {
    /** No workload is known, and nothing is restricted. */
    public static final NodeWorkloads EMPTY =
            new NodeWorkloads(Version.NONE, List.of(), List.of(), OutboundPolicy.ALLOW_ANY, "");

    private final Version version;
    private final List<Workload> workloads;
    private final List<CallerScope> scopes;
    private final OutboundPolicy defaultOutboundPolicy;
    private final String locality;
    private final Map<InetAddress, Workload> byAddress;
    private final Map<InetAddress, Caller> callers;
    private final Map<String, Workload> byUid;
    private final Map<String, Caller> callersByUid;
    private final Caller unknownCaller;

    /**
     * Where two workloads claim one address or UID, the first keeps it.
     *
     * @param scopes the first that fits a caller is its scope
     * @param defaultOutboundPolicy for callers without a scope
     * @param locality of the node: {@code region/zone/subzone}, as far as known
     */
    public NodeWorkloads(
            Version version,
            List<Workload> workloads,
            List<CallerScope> scopes,
            OutboundPolicy defaultOutboundPolicy,
            String locality) {
        this.version = version;
        this.workloads = List.copyOf(workloads);
        this.scopes = List.copyOf(scopes);
        this.defaultOutboundPolicy = defaultOutboundPolicy;
        this.locality = locality;
        Map<InetAddress, Workload> index = new HashMap<>();
        Map<InetAddress, Caller> resolved = new HashMap<>();
        Map<String, Workload> uids = new HashMap<>();
        Map<String, Caller> resolvedUids = new HashMap<>();
        for (Workload workload : this.workloads) {
            Caller caller = caller(workload.namespace(), workload.labels());
            for (InetAddress address : workload.addresses()) {
                index.putIfAbsent(address, workload);
                resolved.putIfAbsent(address, caller);
            }
            if (!workload.uid().isEmpty()) {
                uids.putIfAbsent(workload.uid(), workload);
                resolvedUids.putIfAbsent(workload.uid(), caller);
            }
        }
        this.byAddress = Map.copyOf(index);
        this.callers = Map.copyOf(resolved);
        this.byUid = Map.copyOf(uids);
        this.callersByUid = Map.copyOf(resolvedUids);
        this.unknownCaller = caller("", Map.of());
    }

    /** The content hash. */
    public Version version() {
        return version;
    }

    /** In the order in which the config service sent them. */
    public List<Workload> workloads() {
        return workloads;
    }

    /** In the order in which they are tried. */
    public List<CallerScope> scopes() {
        return scopes;
    }

    /** For callers without a scope. */
    public OutboundPolicy defaultOutboundPolicy() {
        return defaultOutboundPolicy;
    }

    /** Locality of the node: {@code region/zone/subzone}, as far as known. */
    public String locality() {
        return locality;
    }

    /** The workload behind an address, or null when it is unknown. */
    public @Nullable Workload at(InetAddress address) {
        return byAddress.get(address);
    }

    /** Who calls from an address. An unknown caller has no namespace and no labels. */
    public Caller callerAt(InetAddress address) {
        return callers.getOrDefault(address, unknownCaller);
    }

    /** The workload with a UID, or null when it is unknown. */
    public @Nullable Workload withUid(String uid) {
        return byUid.get(uid);
    }

    /** Who calls from the pod with a UID. An unknown caller has no namespace and no labels. */
    public Caller callerWithUid(String uid) {
        return callersByUid.getOrDefault(uid, unknownCaller);
    }

    /** A caller with these properties, in the scope that fits it. */
    public Caller caller(String namespace, Map<String, String> labels) {
        for (CallerScope scope : scopes) {
            if (scope.includes(namespace, labels)) {
                return new Caller(
                        namespace, labels, scope.restrictsVisibility() ? scope.name() : "", scope.outboundPolicy());
            }
        }
        return new Caller(namespace, labels, "", defaultOutboundPolicy);
    }
}
