package io.signalbox.configservice.source;

import java.io.IOException;

/** A place that declarations come from. */
public interface RegistrySource extends AutoCloseable {
    /**
     * Begins to watch. Until then nothing is signalled.
     *
     * @param onChange to be run, on a thread of the source, when {@link #read} may have something new; quick, never
     *     blocks
     * @throws IOException when the source cannot be watched; the message says why
     */
    void start(Runnable onChange) throws IOException;

    /**
     * What is new since the last call. The first call returns when all that is declared is known, however long that
     * takes. Failures of a part are problems in the result, and what was read of that part before is then the caller's
     * to keep. To be called by one thread.
     *
     * @throws InterruptedException when the thread is told to end while it waits
     */
    SourceChange read() throws InterruptedException;

    /** How well the source knows what is declared. Any thread. */
    SourceStatus status();

    /** Ends watching. */
    @Override
    void close();
}
