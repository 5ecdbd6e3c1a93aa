/**
 * What a person starts: the demo and the test backends as programs.
 *
 * <p>Imports {@code harness} and {@code backend}; nothing imports it. Start reading at
 * {@link io.signalbox.loadtest.Demo}.
 */
@NullMarked
package io.signalbox.loadtest;

import org.jspecify.annotations.NullMarked;
