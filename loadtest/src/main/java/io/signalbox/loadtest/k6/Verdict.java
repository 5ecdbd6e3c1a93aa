package io.signalbox.loadtest.k6;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to.
 *
 * @param script that ran
 * @param exitCode of k6
 * @param summary that the script left; null if it left none
 * @param shares how answers were balanced
 * @param drifts what a soak compared; empty for other scripts
 * @param notes what else is worth knowing, by name
 * @param otherProblems found besides
 */
record Verdict(
        Script script,
        int exitCode,
        @Nullable RunSummary summary,
        List<Share> shares,
        List<DriftCheck.Drift> drifts,
        Map<String, String> notes,
        List<String> otherProblems) {

    /** k6's exit code when thresholds did not hold. */
    private static final int THRESHOLDS_CROSSED = 99;

    /** Why it failed; empty if it did not. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (exitCode == THRESHOLDS_CROSSED) {
            List<String> crossed = summary == null ? List.of() : summary.crossed();
            problems.add("thresholds crossed: " + String.join("; ", crossed));
        } else if (exitCode != 0) {
            problems.add("k6: exit code " + exitCode + " (expected: 0)");
        }
        shares.stream().filter(share -> !share.holds()).map(Share::text).forEach(problems::add);
        drifts.stream()
                .filter(drift -> !drift.holds())
                .map(DriftCheck.Drift::text)
                .forEach(problems::add);
        problems.addAll(otherProblems);
        return problems;
    }
}
