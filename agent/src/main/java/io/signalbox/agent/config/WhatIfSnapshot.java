package io.signalbox.agent.config;

import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.PortSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Content beside that in force, checked like it.
 *
 * @param port of the destination; null when nothing is configured on it
 * @param workloads the scopes, outbound policy and locality of the caller's node; null: those in force
 */
public record WhatIfSnapshot(
        @Nullable PortSnapshot port, @Nullable NodeWorkloads workloads) {}
