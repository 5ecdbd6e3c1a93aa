/**
 * Figures of a large registry: how long it takes to compile, how long a change takes to reach traffic, how long explain
 * takes. Start reading at {@link io.signalbox.loadtest.scale.ScaleMain}.
 */
@NullMarked
package io.signalbox.loadtest.scale;

import org.jspecify.annotations.NullMarked;
