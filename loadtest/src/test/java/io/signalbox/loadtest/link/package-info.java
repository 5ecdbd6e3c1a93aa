/** Tests of the slow and lossy link. */
@NullMarked
package io.signalbox.loadtest.link;

import org.jspecify.annotations.NullMarked;
