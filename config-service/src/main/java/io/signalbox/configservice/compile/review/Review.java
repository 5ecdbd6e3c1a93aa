package io.signalbox.configservice.compile.review;

import io.signalbox.configservice.compile.port.Findings;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Registry;
import java.util.List;

/** Looks through a whole registry. */
public final class Review {
    private Review() {}

    /** What there is to say, without places. */
    public static List<Problem> of(Registry registry, Model model) {
        Findings findings = new Findings();
        new ServiceReview(model, findings).review(registry);
        new RuleReview(registry, model, findings).review();
        new PolicyReview(model, findings).review();
        ScopeReview.review(model, findings);
        RouteReview.review(registry, model, findings);
        return findings.all();
    }
}
