package io.signalbox.loadtest.bench.report;

/**
 * Whose figure is divided by whose.
 *
 * @param of name of a contender
 * @param to name of another
 */
public record Comparison(String of, String to) {
    @Override
    public String toString() {
        return of + " / " + to;
    }
}
