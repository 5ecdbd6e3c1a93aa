/** How the wrapper of k6 judges and renders what k6 leaves, without k6. */
@NullMarked
package io.signalbox.loadtest.k6;

import org.jspecify.annotations.NullMarked;
