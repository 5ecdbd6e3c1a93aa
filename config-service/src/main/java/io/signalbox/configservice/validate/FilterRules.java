package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.Headers;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.RouteFilter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules for filters of HTTPRoutes and GRPCRoutes. */
final class FilterRules {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final Findings findings;

    FilterRules(Findings findings) {
        this.findings = findings;
    }

    void check(HttpRoute.Rule rule, String path) {
        boolean onePrefix = rule.matches().isEmpty()
                || (rule.matches().size() == 1
                        && rule.matches().getFirst().path().type() == HttpRoute.PathMatch.Type.PATH_PREFIX);
        filters(rule.filters(), path + ".filters", onePrefix);
        for (int i = 0; i < rule.backendRefs().size(); i++) {
            filters(rule.backendRefs().get(i).filters(), path + ".backendRefs[" + i + "].filters", onePrefix);
        }
        boolean redirects = rule.filters().stream().anyMatch(RouteFilter.RequestRedirect.class::isInstance);
        if (redirects && !rule.backendRefs().isEmpty()) {
            findings.error(path + ".backendRefs", "stands beside a RequestRedirect filter; keep one of them");
        }
    }

    void check(GrpcRoute.Rule rule, String path) {
        grpc(rule.filters(), path + ".filters");
        for (int i = 0; i < rule.backendRefs().size(); i++) {
            grpc(rule.backendRefs().get(i).filters(), path + ".backendRefs[" + i + "].filters");
        }
    }

    private void grpc(List<RouteFilter> filters, String path) {
        filters(filters, path, true);
        for (int i = 0; i < filters.size(); i++) {
            switch (filters.get(i)) {
                case RouteFilter.RequestRedirect _, RouteFilter.UrlRewrite _, RouteFilter.Cors _ ->
                    findings.error(
                            path + "[" + i + "].type", "is for HTTPRoutes only (expected: such as RequestMirror)");
                case RouteFilter.RequestHeaders _,
                        RouteFilter.ResponseHeaders _,
                        RouteFilter.RequestMirror _,
                        RouteFilter.Unsupported _ -> {}
            }
        }
    }

    private void filters(List<RouteFilter> filters, String path, boolean onePrefix) {
        Set<Class<?>> seen = new HashSet<>();
        for (int i = 0; i < filters.size(); i++) {
            RouteFilter filter = filters.get(i);
            String at = path + "[" + i + "]";
            boolean repeatable =
                    filter instanceof RouteFilter.RequestMirror || filter instanceof RouteFilter.Unsupported;
            if (!seen.add(filter.getClass()) && !repeatable) {
                findings.error(at + ".type", "stands twice (expected: each type once)");
            }
            filter(filter, at, onePrefix);
        }
        if (seen.contains(RouteFilter.RequestRedirect.class) && seen.contains(RouteFilter.UrlRewrite.class)) {
            findings.error(path, "has RequestRedirect and URLRewrite (expected: one of them)");
        }
    }

    private void filter(RouteFilter filter, String at, boolean onePrefix) {
        switch (filter) {
            case RouteFilter.RequestHeaders(Headers.Operations operations) ->
                operations(operations, at + ".requestHeaderModifier");
            case RouteFilter.ResponseHeaders(Headers.Operations operations) ->
                operations(operations, at + ".responseHeaderModifier");
            case RouteFilter.RequestMirror mirror -> {
                GatewayRules.backend(mirror.backend(), at + ".requestMirror.backendRef", findings);
                Values.percentage(mirror.percentage(), at + ".requestMirror.percent", findings);
            }
            case RouteFilter.RequestRedirect redirect -> redirect(redirect, at + ".requestRedirect", onePrefix);
            case RouteFilter.UrlRewrite rewrite -> {
                hostname(rewrite.hostname(), at + ".urlRewrite.hostname");
                path(rewrite.path(), at + ".urlRewrite.path", onePrefix);
            }
            case RouteFilter.Cors cors -> {
                if (cors.maxAge().toSeconds() < 1) {
                    findings.error(at + ".cors.maxAge", cors.maxAge().toSeconds() + " (expected: 1 or more)");
                }
            }
            case RouteFilter.Unsupported(String type) ->
                findings.warning(at + ".type", type + " is not supported; requests that this rule takes fail with 500");
        }
    }

    private void redirect(RouteFilter.RequestRedirect redirect, String at, boolean onePrefix) {
        if (!redirect.scheme().isEmpty() && !Set.of("http", "https").contains(redirect.scheme())) {
            findings.error(at + ".scheme", Names.quoted(redirect.scheme()) + " (expected: http or https)");
        }
        if (!REDIRECTS.contains(redirect.statusCode())) {
            findings.error(at + ".statusCode", redirect.statusCode() + " (expected: 301, 302, 303, 307 or 308)");
        }
        if (redirect.port() != 0) {
            Values.port(redirect.port(), at + ".port", findings);
        }
        hostname(redirect.hostname(), at + ".hostname");
        path(redirect.path(), at + ".path", onePrefix);
    }

    private void hostname(String hostname, String at) {
        if (!hostname.isEmpty()) {
            findings.check(at, Names.object(hostname));
        }
    }

    private void path(RouteFilter.@Nullable PathModifier path, String at, boolean onePrefix) {
        if (path instanceof RouteFilter.PathModifier.ReplacePrefixMatch && !onePrefix) {
            findings.error(at, "replaces a prefix (expected: exactly one match in this rule, of type PathPrefix)");
        }
    }

    private void operations(Headers.Operations operations, String at) {
        operations.set().keySet().forEach(name -> findings.check(at + ".set", Http.changedHeaderName(name)));
        operations.add().keySet().forEach(name -> findings.check(at + ".add", Http.changedHeaderName(name)));
        operations.remove().forEach(name -> findings.check(at + ".remove", Http.changedHeaderName(name)));
        if (operations.isEmpty()) {
            findings.info(at, "is empty and has no effect");
        }
    }
}
