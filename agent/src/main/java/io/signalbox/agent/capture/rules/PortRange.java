package io.signalbox.agent.capture.rules;

/**
 * TCP ports.
 *
 * @param first the least, 1 or more
 * @param last the greatest, up to 65535; equal to {@code first} for one port
 */
public record PortRange(int first, int last) {
    private static final int MAX_PORT = 65_535;

    public PortRange {
        if (first < 1 || last > MAX_PORT || first > last) {
            throw new IllegalArgumentException(
                    first + "-" + last + " (expected: ports from 1 to " + MAX_PORT + ", the least first)");
        }
    }

    /**
     * Reads {@code 22} or {@code 8000-8100}.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static PortRange parse(String text) {
        int dash = text.indexOf('-');
        try {
            return dash < 0
                    ? new PortRange(Integer.parseInt(text), Integer.parseInt(text))
                    : new PortRange(
                            Integer.parseInt(text.substring(0, dash)), Integer.parseInt(text.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(text + " (expected: a port or first-last)", e);
        }
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
