package io.signalbox.configservice.compile.review;

import io.signalbox.configservice.compile.callers.Scope;
import io.signalbox.configservice.compile.port.Findings;
import io.signalbox.configservice.compile.port.Model;
import java.util.HashMap;
import java.util.Map;

/** Sidecars: one without a selector counts in a namespace. */
final class ScopeReview {
    private record Callers(String namespace, Map<String, String> labels) {}

    private ScopeReview() {}

    static void review(Model model, Findings findings) {
        Map<Callers, Scope> first = new HashMap<>();
        for (Scope scope : model.scopes()) {
            Scope winner = first.putIfAbsent(new Callers(scope.namespace(), scope.labels()), scope);
            if (winner != null) {
                findings.warn(
                        scope.sidecar().ref(),
                        "spec.workloadSelector",
                        "is for the same workloads as the older Sidecar " + winner.name()
                                + " and does nothing; join them or select other workloads");
            }
        }
    }
}
