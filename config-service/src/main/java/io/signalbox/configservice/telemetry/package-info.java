/**
 * Metrics: implements the observers that the other packages declare.
 *
 * <p>Imported by {@code ConfigService} alone. Safe on any thread. Start reading at
 * {@link io.signalbox.configservice.telemetry.Telemetry}.
 */
@NullMarked
package io.signalbox.configservice.telemetry;

import org.jspecify.annotations.NullMarked;
