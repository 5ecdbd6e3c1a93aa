package io.signalbox.loadtest.k6;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What several runs came to, as Markdown for people, as JSON for programs, and as lines for the terminal.
 *
 * @param facts what was run where, by name
 * @param verdicts in the order of the runs
 */
record K6Report(Map<String, String> facts, List<Verdict> verdicts) {
    K6Report {
        facts = new TreeMap<>(facts);
        verdicts = List.copyOf(verdicts);
    }

    /** What is printed after a run. */
    static String text(Verdict verdict) {
        StringBuilder text = new StringBuilder("\n  AFTERWARDS\n");
        verdict.shares().forEach(share -> line(text, share.holds(), share.text()));
        verdict.drifts().forEach(drift -> line(text, drift.holds(), drift.text()));
        verdict.notes().forEach((name, value) -> text.append(String.format("    %-6s  %s: %s%n", "", name, value)));
        List<String> problems = verdict.problems();
        text.append('\n').append(verdict.script().id()).append(": ").append(problems.isEmpty() ? "passed" : "FAILED");
        problems.forEach(problem -> text.append("\n  ").append(problem));
        return text.append('\n').toString();
    }

    String markdown() {
        StringBuilder text = new StringBuilder("# Load tests with k6\n\n");
        facts.forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
        for (Verdict verdict : verdicts) {
            List<String> problems = verdict.problems();
            text.append("\n## ")
                    .append(verdict.script().id())
                    .append(": ")
                    .append(problems.isEmpty() ? "passed" : "failed")
                    .append("\n\n");
            problems.forEach(problem -> text.append("- ").append(problem).append('\n'));
            verdict.notes()
                    .forEach((name, value) -> text.append("- ")
                            .append(name)
                            .append(": ")
                            .append(value)
                            .append('\n'));
            RunSummary summary = verdict.summary();
            if (summary != null) {
                text.append(String.format(
                        Locale.ROOT,
                        "- %d answers, %d failures, %d iterations dropped, %.1f s (%.0f answers/s)%n",
                        summary.answers(),
                        summary.failures(),
                        summary.dropped(),
                        summary.seconds(),
                        summary.answers() / summary.seconds()));
                routes(text, summary);
            }
            shares(text, verdict.shares());
            drifts(text, verdict.drifts());
        }
        return text.toString();
    }

    String json() {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.set("facts", mapper.valueToTree(facts));
        ArrayNode runs = root.putArray("runs");
        for (Verdict verdict : verdicts) {
            ObjectNode run = runs.addObject();
            run.put("script", verdict.script().id())
                    .put("passed", verdict.problems().isEmpty())
                    .put("exit_code", verdict.exitCode());
            run.set("problems", mapper.valueToTree(verdict.problems()));
            run.set("notes", mapper.valueToTree(verdict.notes()));
            ArrayNode shares = run.putArray("balance");
            verdict.shares()
                    .forEach(share -> shares.addObject()
                            .put("subject", share.subject())
                            .put("counts", share.counts())
                            // JSON has no infinity.
                            .put("deviation", Double.isInfinite(share.deviation()) ? null : share.deviation())
                            .put("allowed", share.allowed())
                            .put("holds", share.holds()));
            run.set("drift", mapper.valueToTree(verdict.drifts()));
            run.set("summary", mapper.valueToTree(verdict.summary()));
        }
        return root.toPrettyString() + "\n";
    }

    private static void line(StringBuilder text, boolean holds, String what) {
        text.append("    ").append(holds ? "held    " : "BROKEN  ").append(what).append('\n');
    }

    private static void routes(StringBuilder text, RunSummary summary) {
        text.append(
                "\n| route | answers | failed | p50 ms | p95 ms | p99 ms | max ms |\n|---|---|---|---|---|---|---|\n");
        summary.routes()
                .forEach((name, route) -> text.append(String.format(
                        Locale.ROOT,
                        "| %s | %d | %d | %.1f | %.1f | %.1f | %.1f |%n",
                        name,
                        route.answers(),
                        route.failures(),
                        route.latency().p50(),
                        route.latency().p95(),
                        route.latency().p99(),
                        route.latency().max())));
    }

    private static void shares(StringBuilder text, List<Share> shares) {
        if (shares.isEmpty()) {
            return;
        }
        text.append("\n| balance of | answers | off by | allowed |\n|---|---|---|---|\n");
        shares.forEach(share -> text.append(String.format(
                Locale.ROOT,
                "| %s | %s | %.0f | %.0f |%n",
                share.subject(),
                share.counts(),
                share.deviation(),
                share.allowed())));
    }

    private static void drifts(StringBuilder text, List<DriftCheck.Drift> drifts) {
        if (drifts.isEmpty()) {
            return;
        }
        text.append("\n| drift of | second fifth | last fifth | allowed |\n|---|---|---|---|\n");
        drifts.forEach(drift -> text.append(String.format(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.2f |%n",
                drift.subject(),
                drift.begin(),
                drift.end(),
                drift.allowed())));
    }
}
