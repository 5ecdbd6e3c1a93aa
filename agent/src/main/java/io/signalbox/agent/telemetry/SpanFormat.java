package io.signalbox.agent.telemetry;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SpanLimits;

/**
 * What all spans have in common.
 *
 * @param resource the agent
 * @param scope what records
 * @param limits of one span
 */
record SpanFormat(Resource resource, InstrumentationScopeInfo scope, SpanLimits limits) {}
