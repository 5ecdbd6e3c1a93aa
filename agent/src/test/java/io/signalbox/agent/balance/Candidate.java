package io.signalbox.agent.balance;

/** An endpoint whose state a test writes down. */
final class Candidate implements Load {
    final String name;
    int active;
    boolean healthy = true;
    long knownSince = Long.MIN_VALUE / 2;
    final PeakEwma latency = new PeakEwma();

    Candidate(String name) {
        this.name = name;
    }

    @Override
    public int activeRequests() {
        return active;
    }

    @Override
    public double expectedNanos(long nowNanos) {
        return latency.cost(active, nowNanos);
    }

    @Override
    public boolean isHealthy() {
        return healthy;
    }

    @Override
    public long knownSinceNanos() {
        return knownSince;
    }

    @Override
    public String toString() {
        return name;
    }
}
