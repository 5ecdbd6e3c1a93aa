package io.signalbox.configservice.compile.rules;

import io.signalbox.configservice.registry.CallerMatch;
import io.signalbox.configservice.registry.Headers;
import io.signalbox.configservice.registry.HttpMatch;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.StringMatch;
import io.signalbox.configservice.registry.VirtualService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts the rules of delegates in the place of the rules that name them. */
final class Delegation {
    private final Function<ObjectRef, @Nullable VirtualService> virtualServices;

    Delegation(Function<ObjectRef, @Nullable VirtualService> virtualServices) {
        this.virtualServices = virtualServices;
    }

    /** The rules of a VirtualService with hosts, without any delegate left. */
    List<HttpStep> steps(VirtualService root) {
        List<HttpStep> steps = new ArrayList<>();
        for (int i = 0; i < root.http().size(); i++) {
            VirtualService.HttpRule rule = root.http().get(i);
            if (rule.delegate() == null) {
                steps.add(new HttpStep(rule, root.ref(), i));
                continue;
            }
            VirtualService delegate = find(root, rule.delegate());
            if (delegate == null) {
                continue;
            }
            for (int j = 0; j < delegate.http().size(); j++) {
                VirtualService.HttpRule merged = merge(rule, delegate.http().get(j));
                if (merged != null) {
                    steps.add(new HttpStep(merged, delegate.ref(), j));
                }
            }
        }
        return steps;
    }

    /** The delegate, if there is one that the root may name. */
    @Nullable
    VirtualService find(VirtualService root, VirtualService.Delegate named) {
        String namespace = named.namespace().isEmpty() ? root.metadata().namespace() : named.namespace();
        VirtualService delegate = virtualServices.apply(new ObjectRef(VirtualService.KIND, namespace, named.name()));
        return delegate != null && VirtualServiceRules.isDelegateOf(delegate, root) ? delegate : null;
    }

    private static VirtualService.@Nullable HttpRule merge(
            VirtualService.HttpRule root, VirtualService.HttpRule delegate) {
        List<HttpMatch> match = matches(root.match(), delegate.match());
        if (match == null || delegate.delegate() != null) {
            return null;
        }
        return new VirtualService.HttpRule(
                joined(root.name(), delegate.name()),
                match,
                delegate.route(),
                delegate.redirect(),
                delegate.directResponse() != null ? delegate.directResponse() : root.directResponse(),
                null,
                delegate.rewrite() != null ? delegate.rewrite() : root.rewrite(),
                delegate.timeout() != null ? delegate.timeout() : root.timeout(),
                delegate.retries() != null ? delegate.retries() : root.retries(),
                delegate.fault() != null ? delegate.fault() : root.fault(),
                !delegate.mirrors().isEmpty() ? delegate.mirrors() : root.mirrors(),
                delegate.corsPolicy() != null ? delegate.corsPolicy() : root.corsPolicy(),
                delegate.headers().equals(Headers.UNCHANGED) ? root.headers() : delegate.headers());
    }

    private static String joined(String root, String delegate) {
        if (root.isEmpty() || delegate.isEmpty()) {
            return root + delegate;
        }
        return root + "-" + delegate;
    }

    /** The conditions of both; null when some block of the delegate fits inside none of the root. */
    private static @Nullable List<HttpMatch> matches(List<HttpMatch> root, List<HttpMatch> delegate) {
        if (root.isEmpty() || delegate.isEmpty()) {
            return root.isEmpty() ? delegate : root;
        }
        List<HttpMatch> merged = new ArrayList<>();
        for (HttpMatch inner : delegate) {
            boolean fits = false;
            for (HttpMatch outer : root) {
                if (!contradict(outer, inner)) {
                    merged.add(merge(outer, inner));
                    fits = true;
                }
            }
            if (!fits) {
                return null;
            }
        }
        return merged;
    }

    private static HttpMatch merge(HttpMatch outer, HttpMatch inner) {
        CallerMatch mine = inner.caller();
        CallerMatch its = outer.caller();
        return new HttpMatch(
                joined(outer.name(), inner.name()),
                inner.uri() != null ? inner.uri() : outer.uri(),
                inner.ignoreUriCase(),
                inner.scheme() != null ? inner.scheme() : outer.scheme(),
                inner.method() != null ? inner.method() : outer.method(),
                inner.authority() != null ? inner.authority() : outer.authority(),
                merge(outer.headers(), inner.headers()),
                merge(outer.withoutHeaders(), inner.withoutHeaders()),
                merge(outer.queryParams(), inner.queryParams()),
                new CallerMatch(
                        mine.port() != 0 ? mine.port() : its.port(),
                        merge(its.sourceLabels(), mine.sourceLabels()),
                        mine.sourceNamespace().isEmpty() ? its.sourceNamespace() : mine.sourceNamespace(),
                        mine.gateways().isEmpty() ? its.gateways() : mine.gateways()),
                inner.statPrefix().isEmpty() ? outer.statPrefix() : inner.statPrefix());
    }

    private static <T> Map<String, T> merge(Map<String, T> outer, Map<String, T> inner) {
        Map<String, T> merged = new TreeMap<>(outer);
        merged.putAll(inner);
        return merged;
    }

    private static boolean contradict(HttpMatch outer, HttpMatch inner) {
        return contradict(outer.uri(), inner.uri())
                || contradict(outer.scheme(), inner.scheme())
                || contradict(outer.method(), inner.method())
                || contradict(outer.authority(), inner.authority())
                || contradict(outer.headers(), inner.headers())
                || contradict(outer.withoutHeaders(), inner.withoutHeaders())
                || contradict(outer.queryParams(), inner.queryParams())
                || outer.ignoreUriCase() != inner.ignoreUriCase()
                || contradict(outer.caller(), inner.caller());
    }

    private static boolean contradict(CallerMatch outer, CallerMatch inner) {
        boolean labels = inner.sourceLabels().entrySet().stream()
                .anyMatch(label -> !outer.sourceLabels()
                        .getOrDefault(label.getKey(), label.getValue())
                        .equals(label.getValue()));
        boolean gateways = !outer.gateways().isEmpty()
                && !inner.gateways().isEmpty()
                && !new HashSet<>(outer.gateways()).containsAll(inner.gateways());
        return labels
                || gateways
                || !outer.sourceNamespace().equals(inner.sourceNamespace())
                || (outer.port() != 0 && inner.port() != 0 && outer.port() != inner.port());
    }

    private static boolean contradict(Map<String, StringMatch> outer, Map<String, StringMatch> inner) {
        return inner.entrySet().stream()
                .anyMatch(condition -> contradict(outer.get(condition.getKey()), condition.getValue()));
    }

    /** Whether the inner condition may hold where the outer one does not. */
    private static boolean contradict(@Nullable StringMatch outer, @Nullable StringMatch inner) {
        if (outer == null || inner == null) {
            return false;
        }
        return switch (outer) {
            case StringMatch.Present _ -> false;
            case StringMatch.Regex _ -> true;
            case StringMatch.Exact(String value) ->
                !(inner instanceof StringMatch.Exact(String own) && own.equals(value));
            case StringMatch.Prefix(String value) ->
                switch (inner) {
                    case StringMatch.Exact(String own) -> !own.startsWith(value);
                    case StringMatch.Prefix(String own) -> !own.startsWith(value);
                    case StringMatch.Regex _, StringMatch.Present _ -> true;
                };
        };
    }
}
