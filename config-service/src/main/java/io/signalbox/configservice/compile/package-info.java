/**
 * Compiles the registry into one snapshot per port, only the ports that a change touches.
 *
 * <p>Pure: no clock, no chance, no IO; equal input in any order gives equal output. Called by {@code pipeline}. Imports
 * {@code registry} and {@code snapshot} only. Start reading at {@link io.signalbox.configservice.compile.Compiler}.
 */
@NullMarked
package io.signalbox.configservice.compile;

import org.jspecify.annotations.NullMarked;
