/**
 * The way to the endpoints: what is known of them, which of them gets a request, and the connections to them.
 *
 * <p>{@code Upstreams}, {@code UpstreamBackend} and {@code UpstreamEndpoint} belong to one event loop: whose turn it
 * is, what runs, the pools. {@code Backends}, {@code SharedBackend} and what they hold are of the whole agent: health
 * ({@code OutlierDetector}), limits ({@code Slots}), TLS ({@code TlsClient}), and the {@code BackendPlan} of each
 * backend's newest form, which is made off the loops and read by them. Only backends with such policies pay for them.
 * Called by {@code proxy} on the loops and by {@code apply}. Imports {@code model}, {@code policy}, {@code routing}'s
 * values, {@code balance}, {@code resolve} and {@code stats}. Start reading at
 * {@link io.signalbox.agent.upstream.Upstreams}.
 */
@NullMarked
package io.signalbox.agent.upstream;

import org.jspecify.annotations.NullMarked;
