package io.signalbox.loadtest.bench;

import io.signalbox.loadtest.harness.ProgramProcess;

/**
 * A proxy under test.
 *
 * @param name such as {@code haproxy}
 * @param address host and port that the client dials
 * @param process whose CPU time counts
 */
record Contender(String name, String address, ProgramProcess process) {}
