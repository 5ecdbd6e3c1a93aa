/**
 * Tests of what operators apply: every build of the manifests against Kubernetes' schemas, against itself, and against
 * the programs that it starts.
 *
 * <p>Imports nothing of the programs but what they publish about themselves; they run as processes. Start reading at
 * {@link io.signalbox.manifests.Build}.
 */
@NullMarked
package io.signalbox.manifests;

import org.jspecify.annotations.NullMarked;
