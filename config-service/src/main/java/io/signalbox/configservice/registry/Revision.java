package io.signalbox.configservice.registry;

/**
 * Counts the states of the registry within one run of the program: it grows with every change and means nothing to
 * another replica or run.
 *
 * @param value 0 before the first load
 */
public record Revision(long value) {
    /** Before the first load. */
    public static final Revision NONE = new Revision(0);

    /** The revision after this one. */
    public Revision next() {
        return new Revision(value + 1);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
