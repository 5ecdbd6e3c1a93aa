package io.signalbox.agent.config;

import io.signalbox.config.v1.Audience;
import io.signalbox.config.v1.Resource;

/**
 * Turns one resource of the contract into its value in {@code model}, and refuses what could not be served: every
 * reason names the resource and the field.
 */
final class ResourceDecoder {
    private static final String ADDRESS_PREFIX = "address/";
    private static final String SNI_PREFIX = "sni/";
    private static final String HOST_PREFIX = "virtual-host/";
    private static final String BACKEND_PREFIX = "backend/";

    private ResourceDecoder() {}

    static HeldResource.Content decode(Resource resource) throws ContentException {
        String name = resource.getName();
        return switch (resource.getKindCase()) {
            case ADDRESS_FRONTEND -> {
                if (!name.startsWith(ADDRESS_PREFIX)) {
                    throw wrongName(name, ADDRESS_PREFIX + "<cidr>");
                }
                yield new HeldResource.Content.Address(FrontendDecoder.address(name, resource.getAddressFrontend()));
            }
            case SNI_FRONTEND -> {
                requireName(name, SNI_PREFIX + resource.getSniFrontend().getName());
                yield new HeldResource.Content.Sni(FrontendDecoder.sni(name, resource.getSniFrontend()));
            }
            case VIRTUAL_HOST -> {
                requireName(name, HOST_PREFIX + resource.getVirtualHost().getName());
                yield new HeldResource.Content.Host(RouteDecoder.virtualHost(name, resource.getVirtualHost()));
            }
            case BACKEND -> {
                requireName(name, BACKEND_PREFIX + resource.getBackend().getName());
                yield new HeldResource.Content.Target(BackendDecoder.backend(name, resource.getBackend()));
            }
            case KIND_NOT_SET ->
                throw ContentException.invalid(
                        "resource '" + name + "': unknown kind (the config service is newer than this agent)");
        };
    }

    static io.signalbox.agent.model.Audience audience(Audience proto) {
        return new io.signalbox.agent.model.Audience(proto.getNamespace(), proto.getScope());
    }

    private static void requireName(String name, String expected) throws ContentException {
        if (!name.equals(expected)) {
            throw wrongName(name, expected);
        }
    }

    private static ContentException wrongName(String name, String expected) {
        return ContentException.invalid("resource '" + name + "': name (expected: " + expected + ")");
    }
}
