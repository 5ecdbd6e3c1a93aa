/**
 * What operators declare, as values: services, endpoint slices, pods, rules, and where each came from.
 *
 * <p>Pure: immutable records, usable on any thread, built by {@code source.manifest}, merged by {@code pipeline}, read
 * by everyone. Must not import any other package of this program, nor do IO. Start reading at
 * {@link io.signalbox.configservice.registry.Registry}.
 */
@NullMarked
package io.signalbox.configservice.registry;

import org.jspecify.annotations.NullMarked;
