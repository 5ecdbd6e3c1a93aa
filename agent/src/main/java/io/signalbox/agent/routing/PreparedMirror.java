package io.signalbox.agent.routing;

/**
 * A copy of requests, its backend looked up.
 *
 * @param target where the copy goes
 * @param perMillion of a million requests so many are copied
 */
public record PreparedMirror(PreparedTarget target, int perMillion) {}
