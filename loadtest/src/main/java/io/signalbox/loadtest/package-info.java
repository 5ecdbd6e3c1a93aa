/** Demo, end-to-end tests and benchmarks: runs both programs as real processes. */
@NullMarked
package io.signalbox.loadtest;

import org.jspecify.annotations.NullMarked;
