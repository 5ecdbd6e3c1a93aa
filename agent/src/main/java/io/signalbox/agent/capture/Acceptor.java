package io.signalbox.agent.capture;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.signalbox.agent.proxy.CallingPod;
import io.signalbox.agent.proxy.LoopContext;
import io.signalbox.agent.proxy.Origin;
import io.signalbox.agent.routing.ConnectionDecision;
import io.signalbox.agent.routing.Router;
import io.signalbox.agent.routing.RoutingTable;
import java.net.InetSocketAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes accepted connections on one event loop: learns the original destination, asks the router, and hands the
 * connection on, at once where the bytes do not matter, else through {@link DetectionHandler}.
 */
public final class Acceptor extends ChannelInitializer<EpollSocketChannel> {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);

    private final LoopContext loop;
    private final ConnectionLimit limit;
    private final OriginalDestination originalDestination;
    private final Predicate<InetSocketAddress> isOwnListener;

    /** @param isOwnListener tells addresses on which the agent itself listens */
    public Acceptor(
            LoopContext loop,
            ConnectionLimit limit,
            OriginalDestination originalDestination,
            Predicate<InetSocketAddress> isOwnListener) {
        this.loop = loop;
        this.limit = limit;
        this.originalDestination = originalDestination;
        this.isOwnListener = isOwnListener;
    }

    @Override
    protected void initChannel(EpollSocketChannel channel) {
        accept(channel, null);
    }

    /**
     * Takes a connection.
     *
     * @param pod the pod in whose network namespace it was accepted; null: the peer's address tells who calls
     */
    public void accept(EpollSocketChannel channel, @Nullable CallingPod pod) {
        if (!limit.tryOpen()) {
            loop.stats().connectionsRefused.increment();
            channel.close();
            return;
        }
        loop.stats().connectionsAccepted.increment();
        loop.stats().connectionsActive.increment();
        channel.closeFuture().addListener(closed -> {
            limit.closed();
            loop.stats().connectionsActive.decrement();
        });
        InetSocketAddress peer = channel.remoteAddress();
        InetSocketAddress destination = originalDestination.of(channel);
        if (peer == null || destination == null) {
            LOG.debug("closing a connection that was not captured: peer={}", peer);
            channel.close();
            return;
        }
        RoutingTable routingTable = loop.routingTable();
        Origin origin = new Origin(peer, destination, pod, routingTable, loop.nanos(), isOwnListener.test(destination));
        Router router = Router.of(routingTable.port(destination.getPort()), destination.getAddress(), origin.caller());
        ConnectionDecision decision = router.connection();
        ChannelHandler handler = decision instanceof ConnectionDecision.Inspect
                ? new DetectionHandler(loop, origin, router)
                : Forwarding.handler(loop, origin, router, decision, null);
        if (handler == null) {
            channel.close();
        } else {
            channel.pipeline().addLast(handler);
        }
    }
}
