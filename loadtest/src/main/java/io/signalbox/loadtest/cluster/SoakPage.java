package io.signalbox.loadtest.cluster;

import java.util.Locale;

/** Lines of the tables of long runs. */
final class SoakPage {
    private SoakPage() {}

    static String head() {
        return """
                | | answered | failed | sent again, idle connection closed | p99 ms | slowest ms | first failures |
                |---|---|---|---|---|---|---|
                """;
    }

    static String line(String what, CallerResult result) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %.1f | %.0f | %s |%n",
                what,
                result.answered(),
                result.failed(),
                result.resent(),
                result.p99Millis(),
                result.maxMillis(),
                firstFailures(result));
    }

    /** As a cell of a table. */
    static String firstFailures(CallerResult result) {
        return String.join("; ", result.failures().stream().distinct().limit(3).toList())
                .replace("|", "/");
    }
}
