package io.signalbox.configservice;

import java.util.List;

/** The program was started in a way that cannot work. Carries lines for the person who started it. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(List<String> lines) {
        super(String.join("\n", lines));
    }

    /** One line per thing that is wrong. */
    List<String> lines() {
        return String.valueOf(getMessage()).lines().toList();
    }
}
