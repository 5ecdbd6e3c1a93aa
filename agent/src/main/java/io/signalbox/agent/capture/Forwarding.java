package io.signalbox.agent.capture;

import io.netty.channel.ChannelHandler;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.proxy.tcp.TcpDownstream;
import io.signalbox.agent.routing.ConnectionDecision;
import io.signalbox.agent.routing.PreparedBackend;
import io.signalbox.agent.routing.Router;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does with a connection, whose bytes are not looked at any more, what the router decided. */
final class Forwarding {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);

    private Forwarding() {}

    /**
     * The handler that takes the connection over.
     *
     * @param sni of a TLS connection that was looked at; else null
     * @return null when the connection must be closed
     */
    static @Nullable ChannelHandler handler(
            LoopContext loop, Origin origin, Router router, ConnectionDecision decision, @Nullable String sni) {
        return switch (decision) {
            case ConnectionDecision.Forward forward -> forward(loop, origin, router, forward, sni);
            case ConnectionDecision.Passthrough passthrough -> new TcpDownstream(loop, origin, null, null);
            case ConnectionDecision.Refuse refuse -> {
                loop.stats().connectionsUnmatchedClosed.increment();
                LOG.debug("closing: no service at {}, and only known ones may be reached", origin.destinationText());
                yield null;
            }
            case ConnectionDecision.Inspect inspect ->
                throw new IllegalArgumentException("decision: inspect (expected: one that needs no bytes)");
        };
    }

    private static @Nullable ChannelHandler forward(
            LoopContext loop, Origin origin, Router router, ConnectionDecision.Forward forward, @Nullable String sni) {
        PreparedBackend backend =
                router.backend(loop.turns().choose(forward.route().targets()));
        if (backend == null) {
            loop.stats().connectionsUnknownDestination.increment();
            LOG.debug(
                    "closing: the destination of rule {} is not known",
                    forward.route().route().rule());
            return null;
        }
        return new TcpDownstream(loop, origin, backend, sni);
    }
}
