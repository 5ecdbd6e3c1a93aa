package io.signalbox.loadtest.k6;

import java.util.Locale;

/**
 * How far answers were from where they should have gone.
 *
 * @param subject what was judged
 * @param counts what was counted, in words
 * @param deviation the distance, in answers
 * @param allowed what it may be, in answers
 */
record Share(String subject, String counts, double deviation, double allowed) {
    boolean holds() {
        return deviation <= allowed;
    }

    String text() {
        return Double.isInfinite(deviation)
                ? subject + ": no answers (expected: some)"
                : String.format(
                        Locale.ROOT,
                        "%s: %s; off by %.0f (expected: at most %.0f)",
                        subject,
                        counts,
                        deviation,
                        allowed);
    }
}
