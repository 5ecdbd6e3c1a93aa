package io.signalbox.configservice.rest;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.signalbox.config.v1.Resource;
import io.signalbox.configservice.explain.Explainer;
import io.signalbox.configservice.explain.WhatIfs;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.snapshot.PortResources;
import io.signalbox.configservice.wire.EncodedPort;
import io.signalbox.configservice.wire.Published;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side: what is declared, compiled and held by whom, health, metrics. Every error is a problem document. */
public final class RestApi {
    /** Longest body of a request. */
    public static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(RestApi.class);

    private final String clusterDomain;
    private final Supplier<PipelineState> state;
    private final Supplier<Published> published;
    private final Supplier<List<AgentView>> agents;
    private final Supplier<String> metrics;
    private final QuestionRoutes questions;

    /**
     * An API over these views, each read once per request.
     *
     * @param metrics all metrics in Prometheus' text format
     */
    public RestApi(
            String clusterDomain,
            Supplier<PipelineState> state,
            Supplier<Published> published,
            Supplier<List<AgentView>> agents,
            Explainer explainer,
            WhatIfs whatIfs,
            Supplier<String> metrics) {
        this.questions = new QuestionRoutes(explainer, whatIfs);
        this.clusterDomain = clusterDomain;
        this.state = state;
        this.published = published;
        this.agents = agents;
        this.metrics = metrics;
    }

    /** Adds all routes. */
    public void routing(HttpRouting.Builder routing) {
        get(routing, "/v1/agents", this::getAgents);
        get(routing, "/v1/ports", this::getPorts);
        get(routing, "/v1/ports/{port}", this::getPort);
        get(routing, "/v1/services", this::getServices);
        get(routing, "/v1/problems", this::getProblems);
        get(routing, "/v1/diff", new DiffRoute(published)::get);
        route(routing, "POST", "/v1/explain", questions.explain());
        route(routing, "POST", "/v1/validate", questions.validate());
        get(routing, "/health/live", (_, response) -> health(response, true, "live"));
        get(
                routing,
                "/health/ready",
                (_, response) -> health(response, state.get().loaded(), "ready"));
        get(routing, "/metrics", this::getMetrics);
        routing.any((request, response) -> ProblemDocument.send(
                request,
                response,
                Status.NOT_FOUND_404,
                "there is no " + request.path().rawPath() + "; the API begins at /v1/services"));
        routing.error(
                ApiException.class,
                (request, response, failure) -> ProblemDocument.send(
                        request, response, failure.status(), String.valueOf(failure.getMessage())));
        routing.error(
                HttpException.class,
                (request, response, failure) -> ProblemDocument.send(
                        request, response, failure.status(), String.valueOf(failure.getMessage())));
        routing.error(Exception.class, (request, response, failure) -> {
            log.error("request failed; this is a bug: path={}", request.path().rawPath(), failure);
            ProblemDocument.send(
                    request, response, Status.INTERNAL_SERVER_ERROR_500, "the request failed; the log says why");
        });
    }

    /** What answers requests that do not reach routing. */
    public static DirectHandlers directHandlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
            handlers.addHandler(event, ProblemDocument::direct);
        }
        return handlers.build();
    }

    private static void get(HttpRouting.Builder routing, String path, Handler handler) {
        route(routing, "GET", path, handler);
    }

    private static void route(HttpRouting.Builder routing, String method, String path, Handler handler) {
        routing.route(Method.create(method), path, handler).any(path, (request, response) -> {
            response.header(HeaderNames.ALLOW, method);
            throw new ApiException(
                    Status.METHOD_NOT_ALLOWED_405,
                    request.prologue().method().text() + " is not allowed (expected: " + method + ")");
        });
    }

    private void getAgents(ServerRequest request, ServerResponse response) {
        Json.send(
                response,
                new Views.Agents(agents.get().stream().map(Views::agent).toList()));
    }

    private void getPorts(ServerRequest request, ServerResponse response) {
        Published current = published.get();
        Json.send(
                response,
                new Views.Ports(
                        current.revision().value(),
                        current.ports().values().stream()
                                .map(Views::portSummary)
                                .toList()));
    }

    private void getPort(ServerRequest request, ServerResponse response) {
        int number = Query.port("port", request.path().pathParameters().get("port"));
        Published current = published.get();
        EncodedPort port = current.ports().get(number);
        if (port == null) {
            ProblemDocument.send(request, response, Status.NOT_FOUND_404, "nothing is configured on port " + number);
            return;
        }
        Json.send(response, Views.port(port, current.revision().value()));
    }

    private void getServices(ServerRequest request, ServerResponse response) {
        PipelineState current = state.get();
        Map<String, Integer> endpoints = new HashMap<>();
        for (PortResources port : current.compilation().snapshot().ports().values()) {
            for (Resource resource : port.resources()) {
                if (resource.hasBackend()) {
                    endpoints.put(
                            resource.getBackend().getName(),
                            resource.getBackend().getEndpointsCount());
                }
            }
        }
        Json.send(
                response,
                new Views.Services(
                        current.registry().revision().value(),
                        current.registry().services().values().stream()
                                .map(service -> Views.service(
                                        service,
                                        service.hostName(clusterDomain),
                                        endpoints,
                                        current.registry().provenance(service.ref())))
                                .toList()));
    }

    private void getProblems(ServerRequest request, ServerResponse response) {
        PipelineState current = state.get();
        Json.send(
                response,
                new Views.Problems(
                        current.registry().revision().value(),
                        current.problems().stream().map(Views::problem).toList()));
    }

    private static void health(ServerResponse response, boolean up, String check) {
        Status status = up ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503;
        Json.send(response, status, "application/json", Map.of("check", check, "status", up ? "UP" : "DOWN"));
    }

    private void getMetrics(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                .send(metrics.get());
    }
}
