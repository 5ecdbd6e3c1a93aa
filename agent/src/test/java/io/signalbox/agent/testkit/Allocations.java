package io.signalbox.agent.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that code allocates on the heap. */
public final class Allocations {
    private static final int WARM_UP = 40_000;
    private static final int COUNTED = 100_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /** What is called again and again. */
    @FunctionalInterface
    public interface Code {
        /** One call. */
        void run() throws Exception;
    }

    /** Bytes per call, on average over many calls after as many that are not counted. */
    public static double perCall(Code code) throws Exception {
        run(code, WARM_UP);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        run(code, COUNTED);
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) COUNTED;
    }

    private static void run(Code code, int calls) throws Exception {
        for (int i = 0; i < calls; i++) {
            code.run();
        }
    }
}
