package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.Version;
import io.signalbox.agent.model.Workload;
import io.signalbox.config.v1.Label;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The workloads of the node as the agent keeps them.
 *
 * @param workloads the decoded value
 * @param serialized the message of the contract; empty when nothing is held
 */
record HeldWorkloads(NodeWorkloads workloads, ByteString serialized) {
    static final HeldWorkloads NONE = new HeldWorkloads(NodeWorkloads.EMPTY, ByteString.EMPTY);

    static HeldWorkloads of(io.signalbox.config.v1.NodeWorkloads proto) throws ContentException {
        List<byte[]> hashes = new ArrayList<>(proto.getWorkloadsCount());
        List<Workload> workloads = new ArrayList<>(proto.getWorkloadsCount());
        for (io.signalbox.config.v1.Workload workload : proto.getWorkloadsList()) {
            hashes.add(ContentHash.of(workload.toByteString().asReadOnlyByteBuffer()));
            workloads.add(workload(workload));
        }
        Version version = ContentHash.ofWorkloads(hashes);
        if (!version.value().equals(proto.getVersion())) {
            throw ContentException.invalid("workloads: version: " + proto.getVersion() + " (expected: " + version
                    + ", the hash of the content)");
        }
        return new HeldWorkloads(new NodeWorkloads(version, workloads), proto.toByteString());
    }

    private static Workload workload(io.signalbox.config.v1.Workload proto) throws ContentException {
        String where = "workload " + proto.getNamespace() + "/" + proto.getName();
        Map<String, String> labels = new HashMap<>();
        for (Label label : proto.getLabelsList()) {
            if (labels.put(label.getKey(), label.getValue()) != null) {
                throw ContentException.invalid(
                        where + ": labels: '" + label.getKey() + "' stands twice (expected: each key once)");
            }
        }
        return new Workload(
                proto.getNamespace(),
                proto.getName(),
                AddressDecoder.addresses(where + ": addresses", proto.getAddressesList()),
                labels,
                proto.getServiceAccount());
    }
}
