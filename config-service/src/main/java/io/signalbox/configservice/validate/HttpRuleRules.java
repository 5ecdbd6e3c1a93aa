package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.HttpMatch;
import io.signalbox.configservice.registry.RouteDestination;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules for one HTTP rule of a VirtualService; those of what it does stand in {@link HttpActionRules}. */
final class HttpRuleRules {
    private static final String JWT_CLAIM = "@request.auth.claims";

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
        HeaderRules.check(rule.headers(), path + ".headers", findings);
        destinations(rule.route(), path + ".route", findings);
        new HttpActionRules(rule, path, findings).check();
        Values.durationOrZero(rule.timeout(), path + ".timeout", findings);
        new RetryRules(path + ".retries", findings).check(rule.retries(), rule.timeout());
        for (VirtualService.Mirror mirror : rule.mirrors()) {
            Values.destination(mirror.destination(), path + ".mirror", findings);
            Values.percentage(mirror.percentage(), path + ".mirrorPercentage", findings);
        }
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

    static void destinations(List<RouteDestination> routes, String path, Findings findings) {
        long sum = 0;
        for (int i = 0; i < routes.size(); i++) {
            RouteDestination route = routes.get(i);
            String at = path + "[" + i + "]";
            Values.destination(route.destination(), at + ".destination", findings);
            HeaderRules.check(route.headers(), at + ".headers", findings);
            if (route.weight() < 0) {
                findings.error(at + ".weight", route.weight() + " (expected: 0 or more)");
            }
            sum += route.weight();
        }
        if (routes.size() > 1 && sum == 0) {
            findings.error(path, "has weights that add up to 0 (expected: a weight above 0 at some destination)");
        }
    }
}
