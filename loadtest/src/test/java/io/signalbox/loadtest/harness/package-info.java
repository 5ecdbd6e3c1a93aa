/** Tests of the harness. */
@NullMarked
package io.signalbox.loadtest.harness;

import org.jspecify.annotations.NullMarked;
