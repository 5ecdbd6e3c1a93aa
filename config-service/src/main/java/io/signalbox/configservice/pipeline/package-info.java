/**
 * Runs source, validate, compile and publish on one thread: debounced, timed, keeping the last good form of what is
 * refused.
 *
 * <p>The only place where a change travels. Must not import {@code publish} or {@code rest}: it hands its result to
 * {@code wire.SnapshotStore} and to observers. Start reading at {@link io.signalbox.configservice.pipeline.Pipeline}.
 */
@NullMarked
package io.signalbox.configservice.pipeline;

import org.jspecify.annotations.NullMarked;
