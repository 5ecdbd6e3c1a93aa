/** Tests of the test backends, dialled directly. */
@NullMarked
package io.signalbox.loadtest.backend;

import org.jspecify.annotations.NullMarked;
