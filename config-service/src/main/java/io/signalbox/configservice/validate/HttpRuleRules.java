package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.CorsPolicy;
import io.signalbox.configservice.registry.Fault;
import io.signalbox.configservice.registry.Headers;
import io.signalbox.configservice.registry.HttpMatch;
import io.signalbox.configservice.registry.HttpRedirect;
import io.signalbox.configservice.registry.HttpRewrite;
import io.signalbox.configservice.registry.RouteDestination;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.VirtualService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules for one HTTP rule of a VirtualService. */
final class HttpRuleRules {
    private static final int MAX_BODY = 1 << 20;
    private static final int LARGE_BODY = 100 << 10;
    private static final String JWT_CLAIM = "@request.auth.claims";
    private static final Set<String> GRPC_STATUSES = Set.of(
            "OK",
            "CANCELLED",
            "UNKNOWN",
            "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED",
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION",
            "ABORTED",
            "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL",
            "UNAVAILABLE",
            "DATA_LOSS",
            "UNAUTHENTICATED");

    private final VirtualService.HttpRule rule;
    private final String path;
    private final Findings findings;

    HttpRuleRules(VirtualService.HttpRule rule, String path, Findings findings) {
        this.rule = rule;
        this.path = path;
        this.findings = findings;
    }

    /**
     * Checks the rule.
     *
     * @param ofDelegate whether it stands in a VirtualService without hosts
     * @param forMesh whether it is for workloads of the mesh
     */
    void check(boolean ofDelegate, boolean forMesh) {
        actions(ofDelegate);
        for (int i = 0; i < rule.match().size(); i++) {
            match(rule.match().get(i), path + ".match[" + i + "]", forMesh);
        }
        headers(rule.headers(), path + ".headers", findings);
        destinations(rule.route(), path + ".route", findings);
        redirect(rule.redirect());
        directResponse(rule.directResponse());
        rewrite(rule.rewrite());
        authorityIsSetOnce();
        Values.durationOrZero(rule.timeout(), path + ".timeout", findings);
        new RetryRules(path + ".retries", findings).check(rule.retries(), rule.timeout());
        fault(rule.fault());
        for (VirtualService.Mirror mirror : rule.mirrors()) {
            Values.destination(mirror.destination(), path + ".mirror", findings);
            Values.percentage(mirror.percentage(), path + ".mirrorPercentage", findings);
        }
        cors(rule.corsPolicy());
    }

    private void actions(boolean ofDelegate) {
        List<String> declared = new ArrayList<>();
        if (!rule.route().isEmpty()) {
            declared.add("route");
        }
        if (rule.redirect() != null) {
            declared.add("redirect");
        }
        if (rule.directResponse() != null) {
            declared.add("directResponse");
        }
        if (rule.delegate() != null) {
            delegate(ofDelegate, declared);
            return;
        }
        if (declared.isEmpty()) {
            findings.error(path, "does nothing (expected: one of route, redirect, directResponse, delegate)");
        } else if (declared.size() > 1) {
            findings.error(
                    path + "." + declared.get(1),
                    "stands beside " + declared.getFirst() + " (expected: one of route, redirect, directResponse)");
        }
        if (rule.redirect() != null || rule.directResponse() != null) {
            if (rule.fault() != null) {
                findings.error(path + ".fault", "makes no sense with " + declared.getLast() + "; remove one of them");
            }
            if (rule.rewrite() != null) {
                findings.error(path + ".rewrite", "makes no sense with " + declared.getLast() + "; remove one of them");
            }
        }
    }

    private void delegate(boolean ofDelegate, List<String> declared) {
        if (ofDelegate) {
            findings.error(path + ".delegate", "stands in a delegate (expected: one level, so route here)");
        }
        for (String action : declared) {
            findings.error(path + "." + action, "stands beside delegate (expected: the delegate's rules decide)");
        }
        if (rule.delegate() != null && rule.delegate().name().isEmpty()) {
            findings.warning(path + ".delegate.name", "is empty; the rule has no effect");
        }
    }

    private void match(HttpMatch match, String at, boolean forMesh) {
        // an empty prefix of the path is every path; of anything else it is a mistake
        if (match.uri() instanceof StringMatch.Regex(String regex)) {
            findings.check(at + ".uri.regex", Http.regex(regex));
        }
        condition(match.scheme(), at + ".scheme");
        condition(match.method(), at + ".method");
        condition(match.authority(), at + ".authority");
        headerConditions(match.headers(), at + ".headers", forMesh);
        headerConditions(match.withoutHeaders(), at + ".withoutHeaders", forMesh);
        match.queryParams().forEach((name, value) -> condition(value, at + ".queryParams[\"" + name + "\"]"));
    }

    private void headerConditions(Map<String, StringMatch> headers, String at, boolean forMesh) {
        headers.forEach((name, value) -> {
            String where = at + "[\"" + name + "\"]";
            if (!name.startsWith(JWT_CLAIM)) {
                findings.check(where, Http.headerName(name));
            } else if (forMesh) {
                findings.error(where, "asks for a claim of a token, which only gateways can (expected: a header)");
            }
            condition(value, where);
        });
    }

    private void condition(@Nullable StringMatch match, String at) {
        switch (match) {
            case StringMatch.Prefix(String prefix) -> {
                if (prefix.isEmpty()) {
                    findings.error(at + ".prefix", "is empty (expected: text, or {} for every value)");
                }
            }
            case StringMatch.Regex(String regex) -> findings.check(at + ".regex", Http.regex(regex));
            case StringMatch.Exact _, StringMatch.Present _ -> {}
            case null -> {}
        }
    }

    static void headers(Headers headers, String path, Findings findings) {
        operations(headers.request(), path + ".request", true, findings);
        operations(headers.response(), path + ".response", false, findings);
    }

    private static void operations(Headers.Operations operations, String at, boolean authority, Findings findings) {
        changes(operations.set(), at + ".set", authority, findings);
        changes(operations.add(), at + ".add", authority, findings);
        for (int i = 0; i < operations.remove().size(); i++) {
            changedName(operations.remove().get(i), at + ".remove[" + i + "]", false, findings);
        }
    }

    private static void changes(Map<String, String> values, String at, boolean authority, Findings findings) {
        values.forEach((name, value) -> {
            String where = at + "[\"" + name + "\"]";
            changedName(name, where, authority, findings);
            findings.check(where, Http.headerValue(value));
            if (value.replace("%%", "").contains("%")) {
                findings.warning(where, "has a % command, which is not replaced by its value here");
            }
        });
    }

    private static void changedName(String name, String at, boolean authority, Findings findings) {
        if (authority && Http.isAuthority(name)) {
            return;
        }
        if (name.equalsIgnoreCase("host") || name.startsWith(":")) {
            findings.error(at, name + " cannot be changed here (expected: rewrite.authority for the host)");
        } else {
            findings.check(at, Http.changedHeaderName(name));
        }
    }

    static void destinations(List<RouteDestination> routes, String path, Findings findings) {
        long sum = 0;
        for (int i = 0; i < routes.size(); i++) {
            RouteDestination route = routes.get(i);
            String at = path + "[" + i + "]";
            Values.destination(route.destination(), at + ".destination", findings);
            headers(route.headers(), at + ".headers", findings);
            if (route.weight() < 0) {
                findings.error(at + ".weight", route.weight() + " (expected: 0 or more)");
            }
            sum += route.weight();
        }
        if (routes.size() > 1 && sum == 0) {
            findings.error(path, "has weights that add up to 0 (expected: a weight above 0 at some destination)");
        }
    }

    private void redirect(@Nullable HttpRedirect redirect) {
        if (redirect == null) {
            return;
        }
        String at = path + ".redirect";
        boolean nothing = redirect.uri().isEmpty()
                && redirect.prefixRewrite().isEmpty()
                && redirect.authority().isEmpty()
                && redirect.scheme().isEmpty()
                && redirect.port() instanceof HttpRedirect.Port.Unchanged;
        if (nothing) {
            findings.error(at, "changes nothing (expected: uri, prefixRewrite, authority, scheme or port)");
        }
        if (!redirect.uri().isEmpty() && !redirect.prefixRewrite().isEmpty()) {
            findings.error(at + ".prefixRewrite", "stands beside uri; keep one of them");
        }
        if (redirect.redirectCode() != 0 && (redirect.redirectCode() < 300 || redirect.redirectCode() > 399)) {
            findings.error(at + ".redirectCode", redirect.redirectCode() + " (expected: 301, 302, 303, 307 or 308)");
        }
        if (!redirect.scheme().isEmpty() && !Set.of("http", "https").contains(redirect.scheme())) {
            findings.error(at + ".scheme", Names.quoted(redirect.scheme()) + " (expected: http or https)");
        }
        if (redirect.port() instanceof HttpRedirect.Port.Fixed(int number)) {
            Values.port(number, at + ".port", findings);
        }
    }

    private void directResponse(VirtualService.@Nullable DirectResponse response) {
        if (response == null) {
            return;
        }
        String at = path + ".directResponse";
        findings.check(at + ".status", Http.status(response.status()));
        int size = switch (response.body()) {
            case VirtualService.Body.Text(String text) -> text.getBytes(StandardCharsets.UTF_8).length;
            case VirtualService.Body.Base64(String text) -> decodedSize(text, at + ".body.bytes");
            case null -> 0;
        };
        if (size > MAX_BODY) {
            findings.error(at + ".body", "has " + size + " bytes (expected: at most " + MAX_BODY + ")");
        } else if (size > LARGE_BODY) {
            findings.warning(at + ".body", "has " + size + " bytes; every agent keeps them in memory");
        }
    }

    private int decodedSize(String text, String at) {
        try {
            return Base64.getDecoder().decode(text).length;
        } catch (IllegalArgumentException e) {
            findings.error(at, "is no base 64 (expected: padded, with + and /)");
            return 0;
        }
    }

    private void rewrite(@Nullable HttpRewrite rewrite) {
        if (rewrite == null) {
            return;
        }
        String at = path + ".rewrite";
        HttpRewrite.RegexRewrite regex = rewrite.uriRegex();
        if (!rewrite.uri().isEmpty() && regex != null) {
            findings.error(at + ".uriRegexRewrite", "stands beside uri; keep one of them");
        }
        if (rewrite.uri().isEmpty() && rewrite.authority().isEmpty() && regex == null) {
            findings.error(at, "changes nothing (expected: uri, uriRegexRewrite or authority)");
        }
        if (regex != null) {
            findings.check(at + ".uriRegexRewrite.match", Http.regex(regex.match()));
            if (regex.rewrite().isEmpty()) {
                findings.error(at + ".uriRegexRewrite.rewrite", "is empty (expected: the text that replaces matches)");
            }
        }
    }

    private void authorityIsSetOnce() {
        List<String> places = new ArrayList<>();
        if (rule.rewrite() != null && !rule.rewrite().authority().isEmpty()) {
            places.add(path + ".rewrite.authority");
        }
        Headers.Operations request = rule.headers().request();
        request.set().keySet().stream()
                .filter(Http::isAuthority)
                .forEach(name -> places.add(path + ".headers.request.set[\"" + name + "\"]"));
        request.add().keySet().stream()
                .filter(Http::isAuthority)
                .forEach(name -> places.add(path + ".headers.request.add[\"" + name + "\"]"));
        if (places.size() > 1) {
            findings.error(places.get(1), "sets the host again after " + places.getFirst() + "; keep one of them");
        }
    }

    private void fault(@Nullable Fault fault) {
        if (fault == null) {
            return;
        }
        Fault.Delay delay = fault.delay();
        if (delay != null) {
            Values.duration(delay.fixedDelay(), path + ".fault.delay.fixedDelay", findings);
            Values.finePercentage(delay.percentage(), path + ".fault.delay.percentage", findings);
        }
        Fault.Abort abort = fault.abort();
        if (abort != null) {
            Values.finePercentage(abort.percentage(), path + ".fault.abort.percentage", findings);
            switch (abort.status()) {
                case Fault.Status.Http(int status) ->
                    findings.check(path + ".fault.abort.httpStatus", Http.status(status));
                case Fault.Status.Grpc(String status) -> {
                    if (!GRPC_STATUSES.contains(status)) {
                        findings.error(
                                path + ".fault.abort.grpcStatus",
                                Names.quoted(status) + " (expected: a status of gRPC such as UNAVAILABLE)");
                    }
                }
            }
        }
    }

    private void cors(@Nullable CorsPolicy cors) {
        if (cors == null) {
            return;
        }
        String at = path + ".corsPolicy";
        for (int i = 0; i < cors.allowOrigins().size(); i++) {
            String where = at + ".allowOrigins[" + i + "]";
            switch (cors.allowOrigins().get(i)) {
                case StringMatch.Regex(String regex) -> findings.check(where + ".regex", Http.regex(regex));
                case StringMatch.Exact(String origin) -> originIsDeclared(origin, where);
                case StringMatch.Prefix(String origin) -> originIsDeclared(origin, where);
                case StringMatch.Present _ -> originIsDeclared("", where);
            }
        }
        for (int i = 0; i < cors.allowMethods().size(); i++) {
            findings.check(
                    at + ".allowMethods[" + i + "]",
                    Http.method(cors.allowMethods().get(i)));
        }
        corsHeaders(cors.allowHeaders(), at + ".allowHeaders");
        corsHeaders(cors.exposeHeaders(), at + ".exposeHeaders");
        if (cors.maxAge() != null) {
            Values.duration(cors.maxAge(), at + ".maxAge", findings);
            if (cors.maxAge().toNanosPart() != 0) {
                findings.error(at + ".maxAge", "has a fraction (expected: whole seconds)");
            }
        }
    }

    private void originIsDeclared(String origin, String at) {
        if (origin.isEmpty()) {
            findings.error(at, "is empty (expected: exact, prefix or regex with a text)");
        }
    }

    private void corsHeaders(List<String> names, String at) {
        for (int i = 0; i < names.size(); i++) {
            if (!names.get(i).equals("*")) {
                findings.check(at + "[" + i + "]", Http.headerName(names.get(i)));
            }
        }
    }
}
