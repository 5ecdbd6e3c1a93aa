package io.signalbox.loadtest.bench.bed;

/**
 * What runs behind the contenders.
 *
 * @param protocol that everybody speaks
 * @param backends what answers
 */
public record Setting(Protocol protocol, Backend backends) {

    /** What answers. */
    public enum Backend {
        /** As fast as it can. */
        FAST,
        /** The same, and only in TLS, which the contender begins. */
        TLS,
        /** After a time drawn at random from a distribution with a long tail; one backend is slower than the others. */
        LONG_TAILED
    }
}
