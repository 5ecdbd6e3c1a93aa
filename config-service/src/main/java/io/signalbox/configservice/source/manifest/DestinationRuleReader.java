package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.ObjectMeta;
import java.util.Map;

/** Reads DestinationRules; policies stand in {@link TrafficPolicyReader}. */
final class DestinationRuleReader {
    private static final Map<String, Boolean> BALANCERS = Map.of(DestinationRule.PEAK_EWMA, true);

    private DestinationRuleReader() {}

    static DestinationRule read(ObjectMeta metadata, Fields root, Fields spec) {
        DestinationRule read = new DestinationRule(
                metadata,
                spec.lowerCase("host"),
                spec.objectOrNull("trafficPolicy", TrafficPolicyReader::read),
                spec.objects("subsets").stream()
                        .map(DestinationRuleReader::subset)
                        .toList(),
                spec.texts("exportTo"),
                Annotations.word(root, DestinationRule.BALANCER_ANNOTATION, BALANCERS, DestinationRule.PEAK_EWMA)
                        != null,
                IstioTypes.workloadSelector(spec, "matchLabels"));
        spec.refuseOthers();
        return read;
    }

    private static DestinationRule.Subset subset(Fields subset) {
        DestinationRule.Subset read = new DestinationRule.Subset(
                subset.text("name"),
                subset.textMap("labels"),
                subset.objectOrNull("trafficPolicy", TrafficPolicyReader::read));
        subset.refuseOthers();
        return read;
    }
}
