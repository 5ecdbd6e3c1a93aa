/**
 * The config service program: reads the registry, compiles a snapshot per port and publishes it to the agents.
 *
 * <p>Decides nothing itself: {@code ConfigServiceMain} reads options, {@code ConfigService} wires the parts and is the
 * only class that may import every package. Runs on the main thread. Start reading there, then follow a change from
 * {@code source} to {@code publish}.
 */
@NullMarked
package io.signalbox.configservice;

import org.jspecify.annotations.NullMarked;
