package io.signalbox.loadtest.bench.report;

import org.jspecify.annotations.Nullable;

/**
 * One round of one contender.
 *
 * @param round from 1
 * @param contender its name
 * @param requests that succeeded
 * @param seconds that the round took
 * @param cpuMicros user and system time that the contender used
 * @param pssBytes its memory afterwards, with what it shares divided among those that share it
 * @param rssBytes its resident memory afterwards
 * @param latency of the requests; absent where they were not sent at a fixed rate
 */
public record Measurement(
        int round,
        String contender,
        long requests,
        double seconds,
        long cpuMicros,
        long pssBytes,
        long rssBytes,
        @Nullable Percentiles latency) {}
