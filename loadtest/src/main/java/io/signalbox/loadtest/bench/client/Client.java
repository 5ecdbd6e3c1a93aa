package io.signalbox.loadtest.bench.client;

import io.signalbox.loadtest.bench.bed.Contender;
import io.signalbox.loadtest.bench.bed.Shape;
import java.io.IOException;

/** Sends as many requests as it gets answers for. */
public interface Client {
    /** Sends them for that long; fails when a request fails. */
    Answers saturate(Contender contender, Shape shape, int seconds) throws IOException, InterruptedException;

    /**
     * What came back.
     *
     * @param succeeded requests that were answered well
     * @param bad all others
     * @param seconds that it took
     */
    record Answers(long succeeded, long bad, int seconds) {}
}
