package io.signalbox.agent.model;

import org.jspecify.annotations.Nullable;

/**
 * Failures on purpose. Delay and abort are drawn independently; the delay comes first.
 *
 * @param delayMillis 0: none
 * @param delayPerMillion of a million requests so many are delayed
 * @param abortHttpStatus 0: none
 * @param abortGrpcStatus null: none
 * @param abortPerMillion of a million requests so many are aborted
 */
public record Fault(
        int delayMillis,
        int delayPerMillion,
        int abortHttpStatus,
        @Nullable Integer abortGrpcStatus,
        int abortPerMillion) {}
