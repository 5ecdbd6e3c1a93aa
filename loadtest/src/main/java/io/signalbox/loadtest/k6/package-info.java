/**
 * Runs the k6 scripts of {@code loadtest/k6} against the real system, and judges what they left: which endpoints
 * answered how often, what drifted.
 *
 * <p>Imports {@code harness} and {@code backend}; nothing imports it. Start reading at
 * {@link io.signalbox.loadtest.k6.K6Main}.
 */
@NullMarked
package io.signalbox.loadtest.k6;

import org.jspecify.annotations.NullMarked;
