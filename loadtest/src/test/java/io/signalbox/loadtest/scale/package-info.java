/** Tests with many simulated agents. */
@NullMarked
package io.signalbox.loadtest.scale;

import org.jspecify.annotations.NullMarked;
