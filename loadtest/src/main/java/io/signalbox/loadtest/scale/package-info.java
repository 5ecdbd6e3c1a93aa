/**
 * Figures of large registries: how long one takes to compile, how long a change takes to reach traffic, how long
 * explain takes ({@link io.signalbox.loadtest.scale.ScaleMain}), and what many agents cost the config service
 * ({@link io.signalbox.loadtest.scale.FleetMain}).
 */
@NullMarked
package io.signalbox.loadtest.scale;

import org.jspecify.annotations.NullMarked;
