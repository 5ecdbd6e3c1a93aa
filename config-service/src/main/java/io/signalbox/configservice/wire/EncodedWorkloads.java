package io.signalbox.configservice.wire;

import io.signalbox.configservice.snapshot.NodeWorkloads;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The workloads of a node with their version, encoded.
 *
 * @param workloads the value
 * @param version hash of the content
 * @param message the wire form, version included
 */
public record EncodedWorkloads(NodeWorkloads workloads, Version version, io.signalbox.config.v1.NodeWorkloads message) {
    /** Encodes the workloads of a node, unless {@code previous} is of the same object. */
    @SuppressWarnings("ReferenceEquality") // what did not change is shared
    public static EncodedWorkloads of(NodeWorkloads workloads, @Nullable EncodedWorkloads previous) {
        if (previous != null && previous.workloads == workloads) {
            return previous;
        }
        List<io.signalbox.config.v1.Workload> messages =
                workloads.workloads().stream().map(Messages::of).toList();
        Version version = Hashes.workloadsVersion(messages);
        return new EncodedWorkloads(
                workloads,
                version,
                io.signalbox.config.v1.NodeWorkloads.newBuilder()
                        .setVersion(version.value())
                        .addAllWorkloads(messages)
                        .build());
    }
}
