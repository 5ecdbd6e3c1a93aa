package io.signalbox.agent.config;

import com.google.protobuf.ByteString;
import io.signalbox.agent.model.AddressFrontend;
import io.signalbox.agent.model.Backend;
import io.signalbox.agent.model.SniFrontend;
import io.signalbox.agent.model.VirtualHost;
import io.signalbox.config.v1.Resource;

/**
 * One resource as the agent keeps it: decoded for serving, hashed for the version of its port, and serialized for the
 * copy on disk. A delta makes new ones only for what it carries.
 *
 * @param name unique within the port
 * @param content the decoded value
 * @param serialized the {@link Resource} message
 * @param hash SHA-256 of {@code serialized}; never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity only; a copy per read would cost more than it protects
record HeldResource(String name, Content content, ByteString serialized, byte[] hash) {
    /** What a resource is. */
    sealed interface Content {
        /** {@code address/<cidr>}. */
        record Address(AddressFrontend frontend) implements Content {}

        /** {@code sni/<name>}. */
        record Sni(SniFrontend frontend) implements Content {}

        /** {@code virtual-host/<name>}. */
        record Host(VirtualHost virtualHost) implements Content {}

        /** {@code backend/<name>}. */
        record Target(Backend backend) implements Content {}
    }

    /** Decodes, checks and hashes a resource. References to other resources are not followed here. */
    static HeldResource of(Resource resource) throws ContentException {
        Content content = ResourceDecoder.decode(resource);
        ByteString serialized = resource.toByteString();
        return new HeldResource(
                resource.getName(), content, serialized, ContentHash.of(serialized.asReadOnlyByteBuffer()));
    }
}
