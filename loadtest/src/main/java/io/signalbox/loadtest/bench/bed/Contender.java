package io.signalbox.loadtest.bench.bed;

import io.signalbox.loadtest.harness.ProgramProcess;

/**
 * A proxy that runs and is measured.
 *
 * @param name in results
 * @param address host and port that the client dials
 * @param authority that the client asks for
 * @param process whose CPU time and memory count
 * @param activity what happens meanwhile
 * @param isWarmedUp whether it gets faster with use, as a JVM does
 */
public record Contender(
        String name, String address, String authority, ProgramProcess process, Activity activity, boolean isWarmedUp) {}
