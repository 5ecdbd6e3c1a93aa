/**
 * HTTP/2 and gRPC: relays frames between a downstream and an upstream connection, and balances every stream.
 *
 * <p>Built on Netty's transport, buffers and HPACK, not on its stream objects: those cost more than all the rest
 * (ARCHITECTURE.md, "The HTTP/2 relay"). Runs on the event loop of its connection. Imports {@code proxy},
 * {@code routing} and {@code upstream}. Start reading at {@code Http2Connection}, then follow a request:
 * {@code Http2Downstream}, {@code Http2Exchange}, {@code Http2Pool}, {@code Http2Upstream}. RFC 9113.
 */
@NullMarked
package io.signalbox.agent.proxy.http2;

import org.jspecify.annotations.NullMarked;
