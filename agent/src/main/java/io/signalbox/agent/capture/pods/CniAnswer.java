package io.signalbox.agent.capture.pods;

/**
 * What the CNI plugin does when it was asked.
 *
 * @param exitCode it ends with
 * @param output it prints
 */
record CniAnswer(int exitCode, String output) {}
