package io.signalbox.agent.proxy.http1;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;

/** Heads to reuse, of one event loop: an idle connection holds none. */
final class HeadPool {
    private static final int MAX_KEPT = 64;
    private static final FastThreadLocal<HeadPool> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected HeadPool initialValue() {
            return new HeadPool();
        }
    };

    private final ArrayDeque<Head> heads = new ArrayDeque<>();

    private HeadPool() {}

    /** That of the calling thread, which is an event loop. */
    static HeadPool ofThisLoop() {
        return OF_THREAD.get();
    }

    Head take() {
        Head head = heads.pollLast();
        return head == null ? new Head() : head;
    }

    void give(Head head) {
        if (heads.size() < MAX_KEPT && !head.isOversized()) {
            head.length = 0;
            heads.addLast(head);
        }
    }
}
