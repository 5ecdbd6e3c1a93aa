package io.signalbox.agent.policy;

import java.util.random.RandomGenerator;

/** Decides by chance whether a request is one of those that a percentage means. Every draw is independent. */
public final class Draw {
    private static final int ALL = 1_000_000;

    private Draw() {}

    /** Whether every draw hits. */
    public static boolean hitsAll(int perMillion) {
        return perMillion >= ALL;
    }

    /**
     * Draws.
     *
     * @param perMillion of a million requests so many hit; 0 hits none, a million all
     */
    public static boolean hits(int perMillion, RandomGenerator random) {
        return perMillion > 0 && (hitsAll(perMillion) || random.nextInt(ALL) < perMillion);
    }
}
