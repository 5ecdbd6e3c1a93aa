/**
 * The upstream side of one event loop: the endpoints it knows, their pools, and how connections to them are opened.
 *
 * <p>Decides which endpoint gets a request (through {@code balance}) and when connections of an endpoint that left are
 * closed. Called by {@code proxy}, on the loop. Imports {@code model}, {@code routing}'s values, {@code balance} and
 * {@code stats}. Start reading at {@link io.signalbox.agent.upstream.Upstreams}.
 */
@NullMarked
package io.signalbox.agent.upstream;

import org.jspecify.annotations.NullMarked;
