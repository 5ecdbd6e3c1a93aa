/**
 * What the agent does to itself before it says that it is ready: requests through a dataplane of their own, so that the
 * first real ones do not meet code that the JVM has never run.
 *
 * <p>Called once by the main thread. Start reading at {@link io.signalbox.agent.rehearsal.Rehearsal}.
 */
@NullMarked
package io.signalbox.agent.rehearsal;

import org.jspecify.annotations.NullMarked;
