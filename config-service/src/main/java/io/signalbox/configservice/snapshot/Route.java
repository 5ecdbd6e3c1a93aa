package io.signalbox.configservice.snapshot;

/**
 * One route of a virtual host.
 *
 * @param action what is done with the request
 */
public record Route(RouteAction action) {}
