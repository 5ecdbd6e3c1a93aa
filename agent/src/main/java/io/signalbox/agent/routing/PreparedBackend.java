package io.signalbox.agent.routing;

import io.signalbox.agent.model.Backend;

/**
 * A backend in force. Immutable; event loops keep what they know of it (pools, whose turn it is) under its key.
 *
 * @param key unique over all ports, and the same for the same backend in later snapshots
 * @param generation grows with every change, so that an event loop can tell the newer of two
 * @param backend what the snapshot says
 */
public record PreparedBackend(String key, long generation, Backend backend) {}
