package io.signalbox.configservice.wire;

import com.google.protobuf.ByteString;
import io.signalbox.config.v1.Resource;

/**
 * A resource with its hash, made once and shared by every version that holds the resource and every session that sends
 * it.
 *
 * @param message the resource
 * @param hash SHA-256 of the serialized message, 32 bytes
 */
public record EncodedResource(Resource message, ByteString hash) {
    static EncodedResource of(Resource resource) {
        return new EncodedResource(resource, ByteString.copyFrom(Hashes.sha256(resource)));
    }

    /** Unique within the port. */
    public String name() {
        return message.getName();
    }

    /** Where the name stands to the other's; mostly the two are one object, which needs no look at the text. */
    @SuppressWarnings("ReferenceEquality")
    int compareName(EncodedResource other) {
        return this == other ? 0 : name().compareTo(other.name());
    }
}
