/**
 * What the outside sees of the agent: spans by OpenTelemetry, counters in Prometheus's form.
 *
 * <p>Implements what {@code proxy} declares and reads what {@code stats} and {@code config} count; decides nothing
 * about requests. {@code Tracing} is called on event loops and never blocks them; {@code Metrics} runs on the admin
 * endpoint's threads. The only package that imports OpenTelemetry; imported by {@code Agent} alone. Start reading at
 * {@code Tracing}.
 */
@NullMarked
package io.signalbox.agent.telemetry;

import org.jspecify.annotations.NullMarked;
