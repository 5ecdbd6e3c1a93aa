/**
 * Compiles the registry into the resources of each port, as messages of the contract.
 *
 * <p>{@code services}, {@code rules} and {@code policy} read what is declared; {@code callers} says for whom it counts;
 * {@code http} and {@code l4} make the frontends of a port, {@code backends} where they lead. Pure: no clock, no
 * chance, no IO; equal input in any order gives equal output. Called by {@code pipeline}. Start reading at
 * {@link io.signalbox.configservice.compile.Compiler}.
 */
@NullMarked
package io.signalbox.configservice.compile;

import org.jspecify.annotations.NullMarked;
