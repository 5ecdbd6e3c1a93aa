package io.signalbox.loadtest.bench.bed;

/** Something that goes on while a contender is measured. */
@FunctionalInterface
public interface Activity {
    /** Nothing goes on. */
    Activity NONE = () -> () -> {};

    /** Begins it; returns when it is fully in force. */
    Running begin();

    /** An activity that goes on until it is closed. */
    interface Running extends AutoCloseable {
        /** Ends it; returns when nothing is left of it. */
        @Override
        void close();
    }
}
