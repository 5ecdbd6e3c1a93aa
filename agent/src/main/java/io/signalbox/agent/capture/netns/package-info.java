/**
 * Network namespaces by the system calls of the kernel: entering them, and changing the packet filter inside.
 *
 * <p>A thread is in one network namespace at a time; sockets that it makes stay in the one in which they were made,
 * whoever uses them. Called on a platform thread that nobody else runs on. Start reading at
 * {@link io.signalbox.agent.capture.netns.NetworkNamespace}.
 */
@NullMarked
package io.signalbox.agent.capture.netns;

import org.jspecify.annotations.NullMarked;
