/**
 * Decides where connections and requests go: tables prepared from a snapshot, and the router that reads them.
 *
 * <p>Pure: values in, values out; no IO, no clock, chance is passed in. Called on event loops for every connection and
 * request, and by {@code apply} to build tables. Imports {@code model} alone. Start reading at
 * {@link io.signalbox.agent.routing.Router}.
 */
@NullMarked
package io.signalbox.agent.routing;

import org.jspecify.annotations.NullMarked;
