/**
 * A slow and lossy link, for kernels without netem: a program that carries packets between two TUN devices, which are
 * the two ends of the link. Imports nothing of ours. Start reading at {@link io.signalbox.loadtest.link.LinkMain}.
 */
@NullMarked
package io.signalbox.loadtest.link;

import org.jspecify.annotations.NullMarked;
