/**
 * What the agent does about its memory beside what the JVM does by itself. Called by the main thread, which has nothing
 * else to do once the agent is ready.
 */
@NullMarked
package io.signalbox.agent.memory;

import org.jspecify.annotations.NullMarked;
