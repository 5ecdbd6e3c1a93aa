package io.signalbox.agent.balance;

/** Tells when the health of a backend's endpoints has changed, so that a balancer need not look at each every time. */
@FunctionalInterface
public interface HealthSource {
    /** Another number than before, once {@link Load#isHealthy} of any endpoint may answer differently. */
    int version();
}
