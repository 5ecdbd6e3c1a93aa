package io.signalbox.loadtest.k6;

import java.util.Locale;

/** The scripts of {@code loadtest/k6}. */
enum Script {
    HTTP(30),
    GRPC(30),
    MIXED(30),
    CHURN(30),
    SOAK(600),
    SPIKE(10);

    /** For what a script does besides {@code LOAD_SECONDS}: warm-up, recovery, answers that hang. */
    private static final long MORE_SECONDS = 300;

    private final int defaultSeconds;

    Script(int defaultSeconds) {
        this.defaultSeconds = defaultSeconds;
    }

    /** Its name without the ending. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** When it must have ended, in seconds; {@code loadSeconds} is what was set, or empty. */
    long deadlineSeconds(String loadSeconds) {
        if (loadSeconds.isEmpty()) {
            return defaultSeconds + MORE_SECONDS;
        }
        try {
            return (long) Math.ceil(Double.parseDouble(loadSeconds)) + MORE_SECONDS;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("LOAD_SECONDS: " + loadSeconds + " (expected: a number)", e);
        }
    }
}
