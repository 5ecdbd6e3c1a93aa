package io.signalbox.configservice.source.manifest;

import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.ObjectMeta;

/** Reads DestinationRules; policies stand in {@link TrafficPolicyReader}. */
final class DestinationRuleReader {
    private DestinationRuleReader() {}

    static DestinationRule read(ObjectMeta metadata, Fields spec) {
        DestinationRule read = new DestinationRule(
                metadata,
                spec.lowerCase("host"),
                spec.objectOrNull("trafficPolicy", TrafficPolicyReader::read),
                spec.objects("subsets").stream()
                        .map(DestinationRuleReader::subset)
                        .toList(),
                spec.texts("exportTo"),
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
