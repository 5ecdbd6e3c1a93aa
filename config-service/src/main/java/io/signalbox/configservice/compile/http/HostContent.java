package io.signalbox.configservice.compile.http;

import io.signalbox.configservice.compile.services.MeshService;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a host is for some callers.
 *
 * @param service the service; null when only rules know the host
 * @param chain the rules: the first is the virtual host's, each next one is for callers whose labels the ones before do
 *     not want; behind a chain that may be left without an answer the service's own route stands
 */
record HostContent(@Nullable MeshService service, List<RouteList> chain) {
    /** Who it belongs to, for people. */
    String owner() {
        return service != null ? service.host() : chain.getFirst().rules().toString();
    }

    /** Whether the service's own route may be needed. */
    boolean endsWithDefault() {
        return service != null && chain.stream().allMatch(RouteList::isConditional);
    }
}
