package io.signalbox.configservice.wire;

import io.signalbox.config.v1.PortDelta;
import io.signalbox.config.v1.PortSnapshot;
import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.snapshot.PortResources;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A port snapshot with its version, encoded.
 *
 * @param snapshot the value
 * @param version hash of the content
 * @param resources ordered by name
 */
public record EncodedPort(PortResources snapshot, Version version, List<EncodedResource> resources) {
    public EncodedPort {
        resources = List.copyOf(resources);
    }

    /**
     * Encodes a port.
     *
     * @param previous an earlier form of the port: resources that are the same object as there are not encoded again
     */
    @SuppressWarnings(
            "ReferenceEquality") // what did not change is shared, and comparing it would cost more than encoding
    public static EncodedPort of(PortResources snapshot, @Nullable EncodedPort previous) {
        if (previous != null && previous.snapshot == snapshot) {
            return previous;
        }
        List<EncodedResource> known = previous == null ? List.of() : previous.resources;
        List<EncodedResource> resources = new ArrayList<>(snapshot.resources().size());
        int at = 0;
        for (Resource resource : snapshot.resources()) {
            while (at < known.size() && known.get(at).name().compareTo(resource.getName()) < 0) {
                at++;
            }
            boolean shared = at < known.size() && known.get(at).message() == resource;
            resources.add(shared ? known.get(at) : EncodedResource.of(resource));
        }
        return new EncodedPort(snapshot, Hashes.portVersion(snapshot.port(), resources), resources);
    }

    /** Original destination port. */
    public int port() {
        return snapshot.port();
    }

    /**
     * Hash of what says where requests go, without the backends and their endpoints: it stays the same while endpoints
     * come and go. Made anew each time.
     */
    public Version rulesVersion() {
        return Hashes.portVersion(
                port(),
                resources.stream()
                        .filter(resource -> !resource.message().hasBackend())
                        .toList());
    }

    /** The whole, as a message. */
    public PortSnapshot full() {
        var message = PortSnapshot.newBuilder().setPort(port()).setVersion(version.value());
        resources.forEach(resource -> message.addResources(resource.message()));
        return message.build();
    }

    /** The change that makes this of {@code from}, an earlier form of the same port. */
    public PortDelta deltaFrom(EncodedPort from) {
        var message = PortDelta.newBuilder()
                .setPort(port())
                .setFromVersion(from.version.value())
                .setVersion(version.value());
        int old = 0;
        for (EncodedResource resource : resources) {
            int order = -1;
            while (old < from.resources.size()
                    && (order = from.resources.get(old).compareName(resource)) < 0) {
                message.addRemoved(from.resources.get(old).name());
                old++;
            }
            if (old == from.resources.size() || order > 0) {
                message.addUpserted(resource.message());
            } else {
                if (!from.resources.get(old).hash().equals(resource.hash())) {
                    message.addUpserted(resource.message());
                }
                old++;
            }
        }
        from.resources.subList(old, from.resources.size()).forEach(resource -> message.addRemoved(resource.name()));
        return message.build();
    }
}
