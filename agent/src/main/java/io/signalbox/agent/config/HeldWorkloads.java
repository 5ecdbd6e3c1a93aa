package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import io.signalbox.agent.model.CallerScope;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.OutboundPolicy;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.Workload;
import io.signalbox.config.v1.Capture;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The workloads of the node as the agent keeps them.
 *
 * @param workloads the decoded value
 * @param serialized the message of the contract; empty when nothing is held
 */
record HeldWorkloads(NodeWorkloads workloads, ByteString serialized) {
    static final HeldWorkloads NONE = new HeldWorkloads(NodeWorkloads.EMPTY, ByteString.EMPTY);

    static HeldWorkloads of(io.signalbox.config.v1.NodeWorkloads proto) throws ContentException {
        Version version = ContentHash.ofWorkloads(proto);
        if (!version.value().equals(proto.getVersion())) {
            throw ContentException.invalid("workloads: version: " + proto.getVersion() + " (expected: " + version
                    + ", the hash of the content)");
        }
        return new HeldWorkloads(decode(proto), proto.toByteString());
    }

    /** Decodes and checks all but the version. */
    static NodeWorkloads decode(io.signalbox.config.v1.NodeWorkloads proto) throws ContentException {
        List<Workload> workloads = new ArrayList<>(proto.getWorkloadsCount());
        for (io.signalbox.config.v1.Workload workload : proto.getWorkloadsList()) {
            workloads.add(workload(workload));
        }
        List<CallerScope> scopes = new ArrayList<>(proto.getScopesCount());
        Set<String> names = HashSet.newHashSet(proto.getScopesCount());
        for (io.signalbox.config.v1.CallerScope scope : proto.getScopesList()) {
            if (!names.add(Fields.required("workloads: scopes.name", scope.getName()))) {
                throw ContentException.invalid(
                        "workloads: scopes: '" + scope.getName() + "' stands twice (expected: each name once)");
            }
            scopes.add(scope(scope));
        }
        return new NodeWorkloads(
                new Version(proto.getVersion()),
                workloads,
                scopes,
                policy("workloads: default_outbound_policy", proto.getDefaultOutboundPolicy()),
                proto.getLocality());
    }

    private static CallerScope scope(io.signalbox.config.v1.CallerScope proto) throws ContentException {
        String where = "workloads: scope " + proto.getName();
        return new CallerScope(
                proto.getName(),
                proto.getNamespace(),
                Fields.labels(where + ": labels", proto.getLabelsList()),
                proto.getRestrictsVisibility(),
                policy(where + ": outbound_policy", proto.getOutboundPolicy()));
    }

    private static OutboundPolicy policy(String where, io.signalbox.config.v1.OutboundPolicy proto)
            throws ContentException {
        return switch (proto) {
            case OUTBOUND_POLICY_ALLOW_ANY -> OutboundPolicy.ALLOW_ANY;
            case OUTBOUND_POLICY_REGISTRY_ONLY -> OutboundPolicy.REGISTRY_ONLY;
            case OUTBOUND_POLICY_UNSPECIFIED, UNRECOGNIZED ->
                throw Fields.bad(where, proto, "ALLOW_ANY or REGISTRY_ONLY");
        };
    }

    private static Workload workload(io.signalbox.config.v1.Workload proto) throws ContentException {
        String where = "workload " + proto.getNamespace() + "/" + proto.getName();
        return new Workload(
                proto.getNamespace(),
                proto.getName(),
                AddressDecoder.addresses(where + ": addresses", proto.getAddressesList()),
                Fields.labels(where + ": labels", proto.getLabelsList()),
                proto.getServiceAccount(),
                proto.getUid(),
                capture(where, proto.getCapture()));
    }

    private static Workload.Capture capture(String where, Capture proto) throws ContentException {
        return switch (proto) {
            case CAPTURE_UNSPECIFIED -> Workload.Capture.DEFAULT;
            case CAPTURE_FAIL_OPEN -> Workload.Capture.FAIL_OPEN;
            case CAPTURE_FAIL_CLOSED -> Workload.Capture.FAIL_CLOSED;
            case CAPTURE_DISABLED -> Workload.Capture.DISABLED;
            case UNRECOGNIZED -> throw Fields.bad(where + ": capture", proto, "one that this agent knows");
        };
    }
}
