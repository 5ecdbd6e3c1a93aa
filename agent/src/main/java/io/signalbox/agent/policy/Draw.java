package io.signalbox.agent.policy;

import java.util.random.RandomGenerator;

/** Decides by chance whether a request is one of those that a percentage means. Every draw is independent. */
public final class Draw {
    private static final int ALL = 1_000_000;

    private Draw() {}

    /**
     * Draws.
     *
     * @param perMillion of a million requests so many hit; 0 hits none, a million all
     */
    public static boolean hits(int perMillion, RandomGenerator random) {
        return perMillion > 0 && (perMillion >= ALL || random.nextInt(ALL) < perMillion);
    }
}
