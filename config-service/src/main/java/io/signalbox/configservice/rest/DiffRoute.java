package io.signalbox.configservice.rest;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.diff.PortDiff;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.EncodedResource;
import io.signalbox.configservice.wire.Published;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/diff}: what made one version of a port another. */
final class DiffRoute {
    /** Stands for the port before it was configured. */
    private static final String NONE = "none";

    private static final String PORT = "port";
    private static final String FROM = "from";
    private static final String TO = "to";

    private final Supplier<Published> published;

    DiffRoute(Supplier<Published> published) {
        this.published = published;
    }

    record Diff(
            int port,
            String from,
            String to,
            List<PortDiff.Change> added,
            List<PortDiff.Change> removed,
            List<PortDiff.Change> changed) {}

    void get(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, Set.of(PORT, FROM, TO));
        int port = query.port(PORT);
        // Newest first; ends with the port before it was configured.
        List<@Nullable EncodedPort> history =
                new ArrayList<>(published.get().history().getOrDefault(port, List.of()));
        if (history.isEmpty()) {
            throw new ApiException(Status.NOT_FOUND_404, "nothing is configured on port " + port);
        }
        history.add(null);
        int to = query.text(TO).map(version -> find(TO, version, history)).orElse(0);
        int from = query.text(FROM)
                .map(version -> find(FROM, version, history))
                .orElse(Math.min(to + 1, history.size() - 1));
        PortDiff diff = PortDiff.between(resources(history.get(from)), resources(history.get(to)));
        Json.send(
                response,
                new Diff(
                        port,
                        version(history.get(from)),
                        version(history.get(to)),
                        diff.added(),
                        diff.removed(),
                        diff.changed()));
    }

    private static int find(String parameter, String version, List<@Nullable EncodedPort> history) {
        for (int i = 0; i < history.size(); i++) {
            if (version(history.get(i)).equals(version)) {
                return i;
            }
        }
        throw new ApiException(
                Status.NOT_FOUND_404,
                parameter + ": version " + version + " is not held (expected: one of "
                        + history.stream().map(DiffRoute::version).collect(Collectors.joining(", ")) + ")");
    }

    private static String version(@Nullable EncodedPort port) {
        return port == null ? NONE : port.version().value();
    }

    private static List<Resource> resources(@Nullable EncodedPort port) {
        return port == null
                ? List.of()
                : port.resources().stream().map(EncodedResource::message).toList();
    }
}
