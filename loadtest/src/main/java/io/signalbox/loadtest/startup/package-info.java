/**
 * Measures how both programs start, with and without their ahead-of-time caches, and how slow the agent's first
 * requests are beside those of a warm one.
 *
 * <p>Imports {@code harness} and {@code backend}; nothing imports it. Start reading at
 * {@link io.signalbox.loadtest.startup.StartupMain}.
 */
@NullMarked
package io.signalbox.loadtest.startup;

import org.jspecify.annotations.NullMarked;
