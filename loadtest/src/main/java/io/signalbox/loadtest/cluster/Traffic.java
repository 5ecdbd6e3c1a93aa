package io.signalbox.loadtest.cluster;

import io.signalbox.loadtest.harness.Launchers;
import io.signalbox.loadtest.harness.ProgramProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Requests of a client in a pod, at a fixed rate, while something happens. */
public final class Traffic {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int LONG_ENOUGH_SECONDS = 24 * 60 * 60;

    private final ProgramProcess caller;

    private Traffic(ProgramProcess caller) {
        this.caller = caller;
    }

    /**
     * Starts to send; returns when the first answers have come.
     *
     * @param name of its log, which nobody else uses
     * @param rate requests a second
     * @param options more options of the caller
     */
    public static Traffic start(Pod pod, String name, String url, int rate, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Launchers.caller(),
                "http",
                "--rate",
                Integer.toString(rate),
                "--seconds",
                Integer.toString(LONG_ENOUGH_SECONDS)));
        command.addAll(List.of(options));
        command.add(url);
        ProgramProcess caller = pod.start(name, command.toArray(String[]::new));
        caller.awaitReady(DEADLINE, () -> caller.log().contains(" ended, "));
        return new Traffic(caller);
    }

    /** Sends no more; returns how it went. */
    public CallerResult stop() throws IOException, InterruptedException {
        caller.terminate();
        caller.awaitExitOrKill(DEADLINE);
        return CallerResult.of(caller.log());
    }
}
