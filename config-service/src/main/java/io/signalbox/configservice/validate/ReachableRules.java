package io.signalbox.configservice.validate;

import io.signalbox.configservice.registry.CallerMatch;
import io.signalbox.configservice.registry.HttpMatch;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds rules of a VirtualService that no request or connection can reach, since an earlier one takes it. */
final class ReachableRules {
    private final Findings findings;

    ReachableRules(Findings findings) {
        this.findings = findings;
    }

    void check(VirtualService service) {
        http(service.http());
        l4(service.tls().stream().map(VirtualService.TlsRule::match).toList(), "spec.tls");
        l4(service.tcp().stream().map(VirtualService.TcpRule::match).toList(), "spec.tcp");
    }

    private record Earlier<T>(T match, String path) {}

    private void http(List<VirtualService.HttpRule> rules) {
        List<Earlier<HttpMatch>> earlier = new ArrayList<>();
        String catchAll = null;
        for (int i = 0; i < rules.size(); i++) {
            String path = "spec.http[" + i + "]";
            List<HttpMatch> matches = rules.get(i).match();
            if (catchAll != null) {
                findings.warning(path, "is never reached: " + catchAll + " takes every request; move it to the end");
                continue;
            }
            for (int j = 0; j < matches.size(); j++) {
                HttpMatch match = matches.get(j);
                String at = path + ".match[" + j + "]";
                earlier.stream()
                        .filter(before -> covers(before.match, match))
                        .findFirst()
                        .ifPresent(before -> findings.warning(
                                at, "is never reached: " + before.path + " takes all of it; put this one first"));
                earlier.add(new Earlier<>(match, at));
            }
            if (matches.isEmpty()) {
                catchAll = path;
            }
        }
    }

    private void l4(List<List<VirtualService.L4Match>> rules, String list) {
        List<Earlier<VirtualService.L4Match>> earlier = new ArrayList<>();
        String catchAll = null;
        for (int i = 0; i < rules.size(); i++) {
            String path = list + "[" + i + "]";
            if (catchAll != null) {
                findings.warning(path, "is never reached: " + catchAll + " takes every connection; move it to the end");
                continue;
            }
            List<VirtualService.L4Match> matches = rules.get(i);
            for (int j = 0; j < matches.size(); j++) {
                VirtualService.L4Match match = matches.get(j);
                String at = path + ".match[" + j + "]";
                earlier.stream()
                        .filter(before -> before.match.equals(match))
                        .findFirst()
                        .ifPresent(before ->
                                findings.warning(at, "is never reached: " + before.path + " is the same condition"));
                earlier.add(new Earlier<>(match, at));
            }
            if (matches.isEmpty()) {
                catchAll = path;
            }
        }
    }

    /** Whether every request that fulfils the second block fulfils the first; may miss some, never claims too much. */
    private static boolean covers(HttpMatch wide, HttpMatch narrow) {
        return wide.ignoreUriCase() == narrow.ignoreUriCase()
                && covers(wide.uri(), narrow.uri())
                && covers(wide.scheme(), narrow.scheme())
                && covers(wide.method(), narrow.method())
                && covers(wide.authority(), narrow.authority())
                && covers(wide.headers(), narrow.headers())
                && narrow.withoutHeaders()
                        .entrySet()
                        .containsAll(wide.withoutHeaders().entrySet())
                && covers(wide.queryParams(), narrow.queryParams())
                && covers(wide.caller(), narrow.caller());
    }

    private static boolean covers(@Nullable StringMatch wide, @Nullable StringMatch narrow) {
        if (wide == null || wide.equals(narrow)) {
            return true;
        }
        if (!(wide instanceof StringMatch.Prefix(String prefix))) {
            return wide instanceof StringMatch.Present && narrow != null;
        }
        return switch (narrow) {
            case StringMatch.Exact(String value) -> value.startsWith(prefix);
            case StringMatch.Prefix(String value) -> value.startsWith(prefix);
            case StringMatch.Regex _, StringMatch.Present _ -> false;
            case null -> false;
        };
    }

    private static boolean covers(Map<String, StringMatch> wide, Map<String, StringMatch> narrow) {
        return wide.entrySet().stream().allMatch(entry -> covers(entry.getValue(), narrow.get(entry.getKey())));
    }

    private static boolean covers(CallerMatch wide, CallerMatch narrow) {
        return (wide.port() == 0 || wide.port() == narrow.port())
                && narrow.sourceLabels()
                        .entrySet()
                        .containsAll(wide.sourceLabels().entrySet())
                && (wide.sourceNamespace().isEmpty() || wide.sourceNamespace().equals(narrow.sourceNamespace()))
                && wide.gateways().equals(narrow.gateways());
    }
}
