package io.signalbox.configservice.wire;

import io.signalbox.config.v1.NodeWorkloads;
import org.jspecify.annotations.Nullable;

/**
 * What a node is told of its workloads, with its version.
 *
 * @param content the value, without version
 * @param version hash of the content
 * @param message the wire form, version included
 */
public record EncodedWorkloads(NodeWorkloads content, Version version, NodeWorkloads message) {
    /** Hashes what a node is told, unless {@code previous} is of the same object. */
    @SuppressWarnings("ReferenceEquality") // what did not change is shared
    public static EncodedWorkloads of(NodeWorkloads content, @Nullable EncodedWorkloads previous) {
        if (previous != null && previous.content == content) {
            return previous;
        }
        Version version = Hashes.workloadsVersion(content);
        return new EncodedWorkloads(
                content,
                version,
                content.toBuilder().setVersion(version.value()).build());
    }
}
