package io.signalbox.loadtest.backend;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds back the requests that ask for it, until a test lets them go: how a test has a request "in flight" without
 * timing.
 */
public final class Gate {
    private static final long DEADLINE_SECONDS = 60;

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** Waits in the backend until the gate opens. */
    void pass() throws InterruptedException {
        arrived.countDown();
        if (!opened.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("gate: still closed after " + DEADLINE_SECONDS + " s");
        }
    }

    /** Waits in the test until a request stands at the gate. */
    public void awaitArrival() throws InterruptedException {
        if (!arrived.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("gate: no request came within " + DEADLINE_SECONDS + " s");
        }
    }

    /** Lets everything through, now and later. */
    public void open() {
        opened.countDown();
    }
}
