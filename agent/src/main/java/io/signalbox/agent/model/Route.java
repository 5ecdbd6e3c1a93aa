package io.signalbox.agent.model;

import org.jspecify.annotations.Nullable;

/**
 * One route of a virtual host.
 *
 * @param rule the operator's rule that this came from; null for the default route
 * @param action what to do with the request
 */
public record Route(@Nullable RuleRef rule, RouteAction action) {}
