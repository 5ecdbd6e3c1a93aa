/**
 * What addresses host names have: asked of DNS again and again, off the event loops, and kept while DNS fails.
 *
 * <p>Everything is decided on one thread, the upkeep loop; event loops only read the newest answer, or leave a question
 * whose answer comes to them as a task. Called by {@code upstream} and set up by {@code apply}. Imports nothing of the
 * agent. Start reading at {@link io.signalbox.agent.resolve.Names}.
 */
@NullMarked
package io.signalbox.agent.resolve;

import org.jspecify.annotations.NullMarked;
