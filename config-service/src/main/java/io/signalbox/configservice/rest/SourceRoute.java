package io.signalbox.configservice.rest;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.signalbox.configservice.source.SourceStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How well the registry source knows what is declared. */
final class SourceRoute {
    private static final double MILLIS_PER_SECOND = 1000;

    private final Supplier<SourceStatus> source;

    SourceRoute(Supplier<SourceStatus> source) {
        this.source = source;
    }

    /** The source. */
    private record SourceView(String source, boolean synced, boolean behind, List<PartView> parts) {}

    /**
     * A part of it.
     *
     * @param secondsSinceContact null: never
     */
    private record PartView(
            String name,
            String state,
            int objects,
            @Nullable Double secondsSinceContact,
            String problem) {}

    void get(ServerRequest request, ServerResponse response) {
        Query.of(request, Set.of());
        SourceStatus status = source.get();
        Json.send(
                response,
                new SourceView(
                        status.kind(),
                        status.synced(),
                        status.behind(),
                        status.parts().stream().map(SourceRoute::part).toList()));
    }

    private static PartView part(SourceStatus.Part part) {
        return new PartView(
                part.name(),
                part.state().name().toLowerCase(Locale.ROOT),
                part.objects(),
                part.sinceContact()
                        .map(Duration::toMillis)
                        .map(millis -> millis / MILLIS_PER_SECOND)
                        .orElse(null),
                part.problem());
    }
}
