package io.signalbox.configservice.compile.services;

import io.signalbox.configservice.compile.callers.Caller;
import io.signalbox.configservice.compile.callers.Visibility;
import io.signalbox.configservice.registry.Service;
import org.jspecify.annotations.Nullable;

/**
 * A second name for a service: an ExternalName service.
 *
 * @param service the object
 * @param host its own full name
 * @param concrete the host at the end of the chain, if some object declares it; else null
 */
public record Alias(Service service, String host, @Nullable String concrete) {
    /** Whose callers see it. */
    public Visibility visibility() {
        return Visibility.of(service.exportTo(), service.metadata().namespace());
    }

    /** Whether the caller sees it on the port. */
    public boolean isSeenBy(Caller caller, int port) {
        return visibility().includes(caller.namespace())
                && (caller.scope() == null
                        || caller.scope()
                                .imports(caller.namespace(), service.metadata().namespace(), host, port));
    }
}
