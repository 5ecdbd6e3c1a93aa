/**
 * Makes the ahead-of-time caches of both programs: runs them under real traffic, so that the JVM records which classes
 * they load and which methods are hot.
 *
 * <p>Imports {@code harness} and {@code backend}; nothing imports it. Start reading at
 * {@link io.signalbox.loadtest.aot.AotMain}.
 */
@NullMarked
package io.signalbox.loadtest.aot;

import org.jspecify.annotations.NullMarked;
