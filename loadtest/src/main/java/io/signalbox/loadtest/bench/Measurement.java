package io.signalbox.loadtest.bench;

/**
 * One round of one contender.
 *
 * @param contender its name
 * @param requests that succeeded
 * @param cpuMicros that it used for them
 * @param seconds that the round took
 * @param pssBytes its memory afterwards
 */
record Measurement(String contender, long requests, long cpuMicros, int seconds, long pssBytes) {
    double cpuMicrosPerRequest() {
        return (double) cpuMicros / requests;
    }

    double requestsPerSecond() {
        return (double) requests / seconds;
    }

    /** Share of its CPU that it used. */
    double utilization() {
        return cpuMicros / 1e6 / seconds;
    }
}
