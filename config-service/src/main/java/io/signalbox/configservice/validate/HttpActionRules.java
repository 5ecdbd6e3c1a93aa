package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.CorsPolicy;
import io.signalbox.configservice.registry.Fault;
import io.signalbox.configservice.registry.GrpcStatus;
import io.signalbox.configservice.registry.Headers;
import io.signalbox.configservice.registry.HttpRedirect;
import io.signalbox.configservice.registry.HttpRewrite;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.VirtualService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules for what an HTTP rule of a VirtualService does to a request or answers itself. */
final class HttpActionRules {
    private static final int MAX_BODY = 1 << 20;
    private static final int LARGE_BODY = 100 << 10;

    private final VirtualService.HttpRule rule;
    private final String path;
    private final Findings findings;

    HttpActionRules(VirtualService.HttpRule rule, String path, Findings findings) {
        this.rule = rule;
        this.path = path;
        this.findings = findings;
    }

    void check() {
        redirect(rule.redirect());
        directResponse(rule.directResponse());
        rewrite(rule.rewrite());
        authorityIsSetOnce();
        fault(rule.fault());
        cors(rule.corsPolicy());
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
                    if (GrpcStatus.code(status).isEmpty()) {
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
