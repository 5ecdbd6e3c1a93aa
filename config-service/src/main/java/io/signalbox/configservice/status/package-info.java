/**
 * What is written back to the API server: conditions of routes, events about refused objects. Only the replica that
 * holds the lease writes those; each writes what its agents hold into a lease of its own, which that one reads.
 *
 * <p>Two threads of its own, woken by new states or looking at the agents' answers once a second. Loaded in Kubernetes
 * mode only. Start reading at {@link io.signalbox.configservice.status.StatusWriter}.
 */
@NullMarked
package io.signalbox.configservice.status;

import org.jspecify.annotations.NullMarked;
