package io.signalbox.configservice.compile.gateway;

import io.signalbox.config.v1.NamedMatch;
import io.signalbox.config.v1.PathMatch;
import io.signalbox.config.v1.RequestMatch;
import io.signalbox.config.v1.Route;
import io.signalbox.config.v1.StringMatch;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Conditions of HTTPRoutes and GRPCRoutes, and which of several that hold counts. */
final class RouteMatches {
    /**
     * Of routes with one condition each: exact paths, longer prefixes, then expressions; a method; more headers; more
     * parameters.
     */
    static final Comparator<Route> PRECEDENCE = Comparator.comparingInt((Route route) -> -rank(match(route)))
            .thenComparingInt(route -> -length(match(route)))
            .thenComparing(route -> !match(route).hasMethod())
            .thenComparingInt(route -> -match(route).getHeadersCount())
            .thenComparingInt(route -> -match(route).getQueryParamsCount());

    private RouteMatches() {}

    private static RequestMatch match(Route route) {
        return route.getMatchesCount() == 0 ? RequestMatch.getDefaultInstance() : route.getMatches(0);
    }

    private static int rank(RequestMatch match) {
        return switch (match.getPath().getKindCase()) {
            case EXACT -> 3;
            case PREFIX, SEGMENT_PREFIX, KIND_NOT_SET -> 2;
            case REGEX -> 1;
        };
    }

    private static int length(RequestMatch match) {
        return switch (match.getPath().getKindCase()) {
            case EXACT -> match.getPath().getExact().length();
            case PREFIX -> match.getPath().getPrefix().length();
            case SEGMENT_PREFIX -> match.getPath().getSegmentPrefix().length();
            case REGEX -> match.getPath().getRegex().length();
            case KIND_NOT_SET -> 1;
        };
    }

    static List<RequestMatch> http(List<HttpRoute.Match> matches) {
        List<RequestMatch> built = new ArrayList<>();
        for (HttpRoute.Match match : matches) {
            RequestMatch.Builder request = RequestMatch.newBuilder();
            String value = match.path().value();
            switch (match.path().type()) {
                case EXACT -> request.setPath(PathMatch.newBuilder().setExact(value));
                case REGULAR_EXPRESSION ->
                    request.setPath(PathMatch.newBuilder().setRegex(value));
                case PATH_PREFIX -> {
                    String segments = value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
                    if (!segments.isEmpty()) {
                        request.setPath(PathMatch.newBuilder().setSegmentPrefix(segments));
                    }
                }
            }
            if (!match.method().isEmpty()) {
                request.setMethod(StringMatch.newBuilder().setExact(match.method()));
            }
            request.addAllHeaders(named(match.headers(), true));
            request.addAllQueryParams(named(match.queryParams(), false));
            built.add(request.build());
        }
        return built.isEmpty() ? List.of(RequestMatch.getDefaultInstance()) : built;
    }

    static List<RequestMatch> grpc(List<GrpcRoute.Match> matches) {
        List<RequestMatch> built = new ArrayList<>();
        for (GrpcRoute.Match match : matches) {
            RequestMatch.Builder request = RequestMatch.newBuilder();
            boolean any = match.service().isEmpty() && match.method().isEmpty();
            if (!any) {
                request.setPath(grpcPath(match));
            }
            built.add(request.addAllHeaders(named(match.headers(), true)).build());
        }
        return built.isEmpty() ? List.of(RequestMatch.getDefaultInstance()) : built;
    }

    private static PathMatch grpcPath(GrpcRoute.Match match) {
        String service = match.service();
        String method = match.method();
        if (match.regex() || service.isEmpty()) {
            String name = "[^/]+";
            return PathMatch.newBuilder()
                    .setRegex("/(?:" + (service.isEmpty() ? name : service) + ")/(?:"
                            + (method.isEmpty() ? name : method) + ")")
                    .build();
        }
        return method.isEmpty()
                ? PathMatch.newBuilder().setPrefix("/" + service + "/").build()
                : PathMatch.newBuilder().setExact("/" + service + "/" + method).build();
    }

    /** Of two for one name the first counts. */
    private static List<NamedMatch> named(List<HttpRoute.NamedMatch> matches, boolean lowerCase) {
        Set<String> seen = new HashSet<>();
        List<NamedMatch> built = new ArrayList<>();
        for (HttpRoute.NamedMatch match : matches) {
            String name = lowerCase ? match.name().toLowerCase(Locale.ROOT) : match.name();
            if (seen.add(name)) {
                built.add(NamedMatch.newBuilder()
                        .setName(name)
                        .setValue(
                                switch (match.value()) {
                                    case io.signalbox.configservice.registry.StringMatch.Exact(String value) ->
                                        StringMatch.newBuilder().setExact(value);
                                    case io.signalbox.configservice.registry.StringMatch.Prefix(String value) ->
                                        StringMatch.newBuilder().setPrefix(value);
                                    case io.signalbox.configservice.registry.StringMatch.Regex(String value) ->
                                        StringMatch.newBuilder().setRegex(value);
                                    case io.signalbox.configservice.registry.StringMatch.Present _ ->
                                        StringMatch.newBuilder().setPresent(true);
                                })
                        .build());
            }
        }
        return built;
    }
}
