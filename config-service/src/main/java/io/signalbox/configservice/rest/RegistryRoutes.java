package io.signalbox.configservice.rest;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.Published;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/** What is declared, compiled and held by whom. Each view is read once per request. */
final class RegistryRoutes {
    private static final String KIND = "kind";
    private static final String NAMESPACE = "namespace";
    private static final String NAME = "name";
    private static final String SEVERITY = "severity";

    private final String clusterDomain;
    private final Supplier<PipelineState> state;
    private final Supplier<Published> published;
    private final Supplier<List<AgentView>> agents;

    RegistryRoutes(
            String clusterDomain,
            Supplier<PipelineState> state,
            Supplier<Published> published,
            Supplier<List<AgentView>> agents) {
        this.clusterDomain = clusterDomain;
        this.state = state;
        this.published = published;
        this.agents = agents;
    }

    void agents(ServerRequest request, ServerResponse response) {
        Query.of(request, Set.of());
        Json.send(
                response,
                new Views.Agents(agents.get().stream().map(Views::agent).toList()));
    }

    void ports(ServerRequest request, ServerResponse response) {
        Query.of(request, Set.of());
        Published current = published.get();
        Json.send(
                response,
                new Views.Ports(
                        current.revision().value(),
                        current.ports().values().stream()
                                .map(Views::portSummary)
                                .toList()));
    }

    void port(ServerRequest request, ServerResponse response) {
        Query.of(request, Set.of());
        int number = Query.port("port", request.path().pathParameters().get("port"));
        Published current = published.get();
        EncodedPort port = current.ports().get(number);
        if (port == null) {
            throw new ApiException(Status.NOT_FOUND_404, "nothing is configured on port " + number);
        }
        List<String> versions = current.history().getOrDefault(number, List.of()).stream()
                .map(version -> version.version().value())
                .toList();
        Json.send(response, Views.port(port, versions, current.revision().value()));
    }

    void services(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, Set.of(NAMESPACE, NAME));
        Registry registry = state.get().registry();
        ServiceViews views = new ServiceViews(registry, clusterDomain, published.get());
        Json.send(
                response,
                new ServiceViews.Services(
                        registry.revision().value(),
                        registry.services().values().stream()
                                .filter(service -> admits(query, service.ref()))
                                .map(views::service)
                                .toList(),
                        registry.serviceEntries().values().stream()
                                .filter(entry -> admits(query, entry.ref()))
                                .map(views::entry)
                                .toList()));
    }

    void rules(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, Set.of(KIND, NAMESPACE, NAME));
        PipelineState current = state.get();
        Json.send(
                response,
                new RuleViews.Rules(
                        current.registry().revision().value(),
                        new RuleViews(current.compilation(), published.get())
                                .rules(ref -> query.admits(KIND, ref.kind()) && admits(query, ref))));
    }

    void problems(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, Set.of(KIND, NAMESPACE, NAME, SEVERITY));
        PipelineState current = state.get();
        Json.send(
                response,
                new Views.Problems(
                        current.registry().revision().value(),
                        current.problems().stream()
                                .filter(problem -> query.admits(
                                                KIND, problem.object().kind())
                                        && admits(query, problem.object())
                                        && query.admits(
                                                SEVERITY,
                                                problem.severity().name().toLowerCase(Locale.ROOT)))
                                .map(Views::problem)
                                .toList()));
    }

    private static boolean admits(Query query, ObjectRef ref) {
        return query.admits(NAMESPACE, ref.namespace()) && query.admits(NAME, ref.name());
    }
}
