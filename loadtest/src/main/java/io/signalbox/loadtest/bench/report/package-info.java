/**
 * What was measured, and what is said of it: tables, charts, the history of all results that are kept.
 *
 * <p>Runs nothing and knows nothing of how figures come about. Start reading at
 * {@link io.signalbox.loadtest.bench.report.BenchResult}.
 */
@NullMarked
package io.signalbox.loadtest.bench.report;

import org.jspecify.annotations.NullMarked;
