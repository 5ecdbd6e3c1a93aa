package io.signalbox.agent.config;

import io.signalbox.config.v1.ExplainQuery;
import io.signalbox.config.v1.Explanation;
import org.jspecify.annotations.Nullable;

/** Says what becomes of traffic, and why. Implemented by {@code explain}; safe on any thread. */
@FunctionalInterface
public interface RouteExplainer {
    /**
     * Answers a question, and changes nothing.
     *
     * @param whatIf decides instead of what is in force; null: what is in force decides
     * @throws IllegalArgumentException for a question that cannot be answered; the message says why, for a person
     */
    Explanation explain(ExplainQuery query, @Nullable WhatIfSnapshot whatIf);
}
