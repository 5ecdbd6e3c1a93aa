/** Tests of the cluster itself, and of what Signalbox does in it. They need root. */
@NullMarked
package io.signalbox.loadtest.cluster;

import org.jspecify.annotations.NullMarked;
