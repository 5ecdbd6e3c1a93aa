package io.signalbox.configservice.wire;

import com.google.protobuf.ByteString;
import io.signalbox.configservice.snapshot.Resource;

/**
 * A resource with its message and hash, made once and shared by every version that holds the resource and every session
 * that sends it.
 *
 * @param resource the value
 * @param message its wire form
 * @param hash SHA-256 of the serialized message, 32 bytes
 */
public record EncodedResource(Resource resource, io.signalbox.config.v1.Resource message, ByteString hash) {
    static EncodedResource of(Resource resource) {
        io.signalbox.config.v1.Resource message = Messages.of(resource);
        return new EncodedResource(resource, message, ByteString.copyFrom(Hashes.sha256(message)));
    }

    /** Unique within the port. */
    public String name() {
        return message.getName();
    }
}
