package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.BackendRef;
import io.signalbox.configservice.registry.GrpcRoute;
import io.signalbox.configservice.registry.HttpRoute;
import io.signalbox.configservice.registry.ParentRef;
import io.signalbox.configservice.registry.ReferenceGrant;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.TcpRoute;
import io.signalbox.configservice.registry.TlsRoute;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules for the kinds of the Gateway API, as its CRDs have them; filters stand in {@link FilterRules}. */
final class GatewayRules {
    private static final int MAX_RULES = 16;
    private static final int MAX_MATCHES = 64;
    private static final int MAX_NAMED_MATCHES = 16;
    private static final int MAX_BACKENDS = 16;
    private static final int MAX_WEIGHT = 1_000_000;
    private static final int MAX_TEXT = 1024;
    private static final Pattern PATH = Pattern.compile("(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})++");
    private static final Pattern GRPC_SERVICE = Pattern.compile("[A-Za-z0-9_.]+");
    private static final Pattern GRPC_METHOD = Pattern.compile("[A-Za-z0-9_]+");
    private static final List<String> PATH_PARTS = List.of("//", "/./", "/../", "%2f", "%2F", "#");

    private final Findings findings;

    GatewayRules(Findings findings) {
        this.findings = findings;
    }

    void check(HttpRoute route) {
        parents(route.parentRefs());
        hostnames(route.hostnames());
        size(route.rules().size(), MAX_RULES, "spec.rules");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < route.rules().size(); i++) {
            HttpRoute.Rule rule = route.rules().get(i);
            String path = "spec.rules[" + i + "]";
            ruleName(rule.name(), names, path);
            size(rule.matches().size(), MAX_MATCHES, path + ".matches");
            for (int j = 0; j < rule.matches().size(); j++) {
                httpMatch(rule.matches().get(j), path + ".matches[" + j + "]");
            }
            backends(rule.backendRefs().stream().map(HttpRoute.Backend::ref).toList(), path + ".backendRefs");
            new FilterRules(findings).check(rule, path);
            timeouts(rule.timeouts(), path + ".timeouts");
            HttpRoute.Retry retry = rule.retry();
            for (int j = 0; retry != null && j < retry.codes().size(); j++) {
                if (retry.codes().get(j) < 400 || retry.codes().get(j) > 599) {
                    findings.error(
                            path + ".retry.codes[" + j + "]", retry.codes().get(j) + " (expected: 400 to 599)");
                }
            }
        }
    }

    private void httpMatch(HttpRoute.Match match, String at) {
        String value = match.path().value();
        if (match.path().type() == HttpRoute.PathMatch.Type.REGULAR_EXPRESSION) {
            findings.check(at + ".path.value", Http.regex(value));
        } else {
            pathValue(value, at + ".path.value");
        }
        if (!match.method().isEmpty()) {
            findings.check(at + ".method", Http.method(match.method()));
        }
        named(match.headers(), at + ".headers", true);
        named(match.queryParams(), at + ".queryParams", false);
    }

    private void pathValue(String value, String at) {
        boolean valid = value.startsWith("/")
                && value.length() <= MAX_TEXT
                && PATH.matcher(value).matches()
                && PATH_PARTS.stream().noneMatch(value::contains)
                && !value.endsWith("/..")
                && !value.endsWith("/.");
        if (!valid) {
            findings.error(at, Names.quoted(value) + " (expected: a path that begins with /, without //, . and ..)");
        }
    }

    private void named(List<HttpRoute.NamedMatch> matches, String path, boolean headers) {
        size(matches.size(), MAX_NAMED_MATCHES, path);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < matches.size(); i++) {
            HttpRoute.NamedMatch match = matches.get(i);
            String at = path + "[" + i + "]";
            findings.check(at + ".name", Http.changedHeaderName(match.name()));
            if (!names.add(match.name())) {
                findings.error(at + ".name", match.name() + " stands twice (expected: each name once)");
            }
            switch (match.value()) {
                case StringMatch.Regex(String regex) -> findings.check(at + ".value", Http.regex(regex));
                case StringMatch.Exact(String text) -> {
                    if (text.isEmpty()) {
                        findings.error(at + ".value", "is empty (expected: a text)");
                    } else if (headers) {
                        findings.check(at + ".value", Http.headerValue(text.replace("%", "")));
                    }
                }
                case StringMatch.Prefix _, StringMatch.Present _ ->
                    throw new IllegalArgumentException("match: " + match + " (expected: exact or regex)");
            }
        }
    }

    private void timeouts(HttpRoute.Timeouts timeouts, String path) {
        Duration request = timeouts.request();
        Duration backend = timeouts.backendRequest();
        if (request != null && backend != null && !request.isZero() && backend.compareTo(request) > 0) {
            findings.error(path + ".backendRequest", "is longer than request (expected: at most that)");
        }
    }

    void check(GrpcRoute route) {
        parents(route.parentRefs());
        hostnames(route.hostnames());
        size(route.rules().size(), MAX_RULES, "spec.rules");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < route.rules().size(); i++) {
            GrpcRoute.Rule rule = route.rules().get(i);
            String path = "spec.rules[" + i + "]";
            ruleName(rule.name(), names, path);
            size(rule.matches().size(), MAX_MATCHES, path + ".matches");
            for (int j = 0; j < rule.matches().size(); j++) {
                grpcMatch(rule.matches().get(j), path + ".matches[" + j + "]");
            }
            backends(rule.backendRefs().stream().map(HttpRoute.Backend::ref).toList(), path + ".backendRefs");
            new FilterRules(findings).check(rule, path);
        }
    }

    private void grpcMatch(GrpcRoute.Match match, String at) {
        named(match.headers(), at + ".headers", true);
        if (match.regex()) {
            if (!match.service().isEmpty()) {
                findings.check(at + ".method.service", Http.regex(match.service()));
            }
            if (!match.method().isEmpty()) {
                findings.check(at + ".method.method", Http.regex(match.method()));
            }
            return;
        }
        if (!match.service().isEmpty() && !GRPC_SERVICE.matcher(match.service()).matches()) {
            findings.error(at + ".method.service", Names.quoted(match.service()) + " (expected: such as shop.v1.Cart)");
        }
        if (!match.method().isEmpty() && !GRPC_METHOD.matcher(match.method()).matches()) {
            findings.error(at + ".method.method", Names.quoted(match.method()) + " (expected: such as GetCart)");
        }
    }

    void check(TcpRoute route) {
        parents(route.parentRefs());
        l4Rules(route.rules());
    }

    void check(TlsRoute route) {
        parents(route.parentRefs());
        hostnames(route.hostnames());
        if (route.hostnames().isEmpty()) {
            findings.info("spec.hostnames", "is empty; the route takes every server name");
        }
        l4Rules(route.rules());
    }

    private void l4Rules(List<TcpRoute.Rule> rules) {
        if (rules.isEmpty()) {
            findings.error("spec.rules", "is empty (expected: at least one rule)");
        }
        size(rules.size(), MAX_RULES, "spec.rules");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            String path = "spec.rules[" + i + "]";
            ruleName(rules.get(i).name(), names, path);
            if (rules.get(i).backendRefs().isEmpty()) {
                findings.error(path + ".backendRefs", "is empty (expected: at least one backend)");
            }
            backends(rules.get(i).backendRefs(), path + ".backendRefs");
        }
    }

    void check(ReferenceGrant grant) {
        if (grant.from().isEmpty()) {
            findings.error("spec.from", "is empty (expected: at least one)");
        }
        if (grant.to().isEmpty()) {
            findings.error("spec.to", "is empty (expected: at least one)");
        }
        for (int i = 0; i < grant.from().size(); i++) {
            String path = "spec.from[" + i + "]";
            kind(grant.from().get(i).kind(), path + ".kind");
            findings.check(
                    path + ".namespace", Names.namespace(grant.from().get(i).namespace()));
        }
        for (int i = 0; i < grant.to().size(); i++) {
            kind(grant.to().get(i).kind(), "spec.to[" + i + "].kind");
        }
    }

    private void kind(String kind, String at) {
        if (!Names.isLabel(kind)) {
            findings.error(at, Names.quoted(kind) + " is no kind (expected: such as HTTPRoute)");
        }
    }

    private void parents(List<ParentRef> parents) {
        Set<ParentRef> seen = new HashSet<>();
        for (int i = 0; i < parents.size(); i++) {
            ParentRef parent = parents.get(i);
            String path = "spec.parentRefs[" + i + "]";
            findings.check(path + ".name", Names.object(parent.name()));
            kind(parent.kind(), path + ".kind");
            if (!parent.namespace().isEmpty()) {
                findings.check(path + ".namespace", Names.namespace(parent.namespace()));
            }
            if (parent.port() != 0) {
                Values.port(parent.port(), path + ".port", findings);
            }
            if (!seen.add(parent)) {
                findings.error(path, "stands twice (expected: each parent once)");
            }
        }
    }

    private void hostnames(List<String> hostnames) {
        for (int i = 0; i < hostnames.size(); i++) {
            String host = hostnames.get(i);
            String path = "spec.hostnames[" + i + "]";
            if (Names.isAddress(host) || Names.isPartialWildcard(host) || host.equals("*")) {
                findings.error(path, Names.quoted(host) + " (expected: a host name or *. and a suffix)");
            } else {
                findings.check(path, Names.object(host.startsWith("*.") ? host.substring(2) : host));
            }
        }
    }

    private void ruleName(String name, Set<String> seen, String path) {
        if (!name.isEmpty()) {
            findings.check(path + ".name", Names.object(name));
            if (!seen.add(name)) {
                findings.error(path + ".name", name + " stands twice (expected: each name once)");
            }
        }
    }

    private void backends(List<BackendRef> backends, String path) {
        size(backends.size(), MAX_BACKENDS, path);
        for (int i = 0; i < backends.size(); i++) {
            backend(backends.get(i), path + "[" + i + "]", findings);
        }
    }

    static void backend(BackendRef backend, String path, Findings findings) {
        if (backend.name().isEmpty()) {
            findings.error(path + ".name", "is missing (expected: the name of a Service)");
        }
        if (backend.weight() < 0 || backend.weight() > MAX_WEIGHT) {
            findings.error(path + ".weight", backend.weight() + " (expected: 0 to " + MAX_WEIGHT + ")");
        }
        boolean service = backend.group().isEmpty() && backend.kind().equals("Service");
        if (backend.port() != 0) {
            Values.port(backend.port(), path + ".port", findings);
        } else if (service) {
            findings.error(path + ".port", "is missing (expected: a port of the Service)");
        }
        if (!backend.namespace().isEmpty()) {
            findings.check(path + ".namespace", Names.namespace(backend.namespace()));
        }
    }

    private void size(int size, int most, String path) {
        if (size > most) {
            findings.error(path, size + " items (expected: at most " + most + ")");
        }
    }
}
