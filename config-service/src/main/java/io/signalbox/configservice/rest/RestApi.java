package io.signalbox.configservice.rest;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import io.signalbox.configservice.explain.Explainer;
import io.signalbox.configservice.explain.WhatIfs;
import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.publish.AgentView;
import io.signalbox.configservice.source.SourceStatus;
import io.signalbox.configservice.wire.Published;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side: what is declared, compiled and held by whom, questions about it, health, metrics. Every error is a
 * problem document. What there is stands in {@code openapi.yaml}.
 */
public final class RestApi {
    /** Longest body of a request. */
    public static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

    private static final Logger log = LoggerFactory.getLogger(RestApi.class);

    private final List<Route> routes;
    private final List<Route> healthRoutes;

    /**
     * A method on a path.
     *
     * @param path may have parameters in braces
     */
    record Route(String method, String path, Handler handler) {
        static Route get(String path, Handler handler) {
            return new Route("GET", path, handler);
        }

        static Route post(String path, Handler handler) {
            return new Route("POST", path, handler);
        }
    }

    /**
     * An API over these views, each read once per request.
     *
     * @param clusterDomain suffix of service host names
     * @param source how well the source knows what is declared
     * @param metrics all metrics in Prometheus' text format
     */
    public RestApi(
            String clusterDomain,
            Supplier<SourceStatus> source,
            Supplier<PipelineState> state,
            Supplier<Published> published,
            Supplier<List<AgentView>> agents,
            Explainer explainer,
            WhatIfs whatIfs,
            Supplier<String> metrics) {
        RegistryRoutes registry = new RegistryRoutes(clusterDomain, state, published, agents);
        QuestionRoutes questions = new QuestionRoutes(explainer, whatIfs);
        healthRoutes = List.of(
                Route.get("/health/live", (_, response) -> health(response, true, "live")),
                Route.get(
                        "/health/ready",
                        (_, response) -> health(response, state.get().loaded(), "ready")),
                Route.get(
                        "/metrics",
                        (_, response) -> response.header(
                                        HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                                .send(metrics.get())));
        List<Route> apiRoutes = List.of(
                Route.post("/v1/explain", questions.explain()),
                Route.post("/v1/validate", questions.validate()),
                Route.get("/v1/diff", new DiffRoute(published)::get),
                Route.get("/v1/ports", registry::ports),
                Route.get("/v1/ports/{port}", registry::port),
                Route.get("/v1/services", registry::services),
                Route.get("/v1/rules", registry::rules),
                Route.get("/v1/agents", registry::agents),
                Route.get("/v1/problems", registry::problems),
                Route.get("/v1/source", new SourceRoute(source)::get),
                Route.get("/openapi.yaml", new OpenApiRoute()::get));
        routes = Stream.concat(apiRoutes.stream(), healthRoutes.stream()).toList();
    }

    /** All that is answered otherwise than with 404 or 405. */
    List<Route> routes() {
        return routes;
    }

    /** Adds all routes. */
    public void routing(HttpRouting.Builder routing) {
        add(routes, "GET /openapi.yaml says what there is", routing);
    }

    /** Adds health and metrics alone. */
    public void healthRouting(HttpRouting.Builder routing) {
        add(healthRoutes, "only health and metrics are on this port", routing);
    }

    private static void add(List<Route> routes, String hint, HttpRouting.Builder routing) {
        for (Route route : routes) {
            routing.route(Method.create(route.method), route.path, route.handler)
                    .any(route.path, (request, response) -> {
                        response.header(HeaderNames.ALLOW, route.method);
                        throw new ApiException(
                                Status.METHOD_NOT_ALLOWED_405,
                                request.prologue().method().text() + " is not allowed (expected: " + route.method
                                        + ")");
                    });
        }
        routing.any((request, _) -> {
            throw new ApiException(
                    Status.NOT_FOUND_404, "there is no " + request.path().rawPath() + "; " + hint);
        });
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

    private static void health(ServerResponse response, boolean up, String check) {
        Status status = up ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503;
        Json.send(response, status, "application/json", Map.of("check", check, "status", up ? "UP" : "DOWN"));
    }
}
