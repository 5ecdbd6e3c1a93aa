package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.bench.bed.Contender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The contenders of a workload, in their order. A peer that fails leaves; the others go on. */
final class Lineup {
    private final List<Contender> contenders;
    private final Map<String, String> leftOut = new TreeMap<>();

    /** What is done with a contender. */
    @FunctionalInterface
    interface Step {
        void run(Contender contender) throws IOException, InterruptedException;
    }

    Lineup(List<Contender> contenders) {
        this.contenders = new ArrayList<>(contenders);
    }

    /** Those that have not failed. */
    List<Contender> contenders() {
        return List.copyOf(contenders);
    }

    /** Those that have, with the reason. */
    Map<String, String> leftOut() {
        return Collections.unmodifiableMap(leftOut);
    }

    /**
     * Does that with each.
     *
     * @throws IOException when it fails with an agent, without which there is nothing to compare
     */
    void each(Step step) throws IOException, InterruptedException {
        for (Contender contender : contenders()) {
            try {
                step.run(contender);
            } catch (IOException e) {
                if (contender.isWarmedUp()) {
                    throw e;
                }
                System.err.println("  " + contender.name() + " is left out: " + e.getMessage());
                contenders.remove(contender);
                leftOut.put(
                        contender.name(),
                        String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
        }
    }

    /** The first becomes the second, and so on: nobody is always first. */
    void rotate() {
        Collections.rotate(contenders, 1);
    }
}
