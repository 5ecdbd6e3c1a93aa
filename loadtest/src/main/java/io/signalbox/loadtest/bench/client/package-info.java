/**
 * Sends traffic to a contender, and says how it was answered.
 *
 * <p>Start reading at {@link io.signalbox.loadtest.bench.client.H2Load}.
 */
@NullMarked
package io.signalbox.loadtest.bench.client;

import org.jspecify.annotations.NullMarked;
