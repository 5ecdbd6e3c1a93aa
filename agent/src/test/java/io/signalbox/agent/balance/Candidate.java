package io.signalbox.agent.balance;

/** An endpoint whose state a test writes down. */
final class Candidate implements Load {
    final String name;
    int active;
    boolean healthy = true;
    long knownSince = Long.MIN_VALUE / 2;

    Candidate(String name) {
        this.name = name;
    }

    @Override
    public int activeRequests() {
        return active;
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
