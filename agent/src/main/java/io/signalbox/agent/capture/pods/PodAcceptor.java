package io.signalbox.agent.capture.pods;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.signalbox.agent.capture.Acceptor;
import io.signalbox.agent.proxy.CallingPod;
import java.util.Map;
import java.util.Objects;

/** Takes the connections that one pod opens, on the event loops that they were dealt out to. */
@Sharable
public final class PodAcceptor extends ChannelInitializer<EpollSocketChannel> {
    private final Map<EventLoop, Acceptor> acceptors;
    private final CallingPod pod;

    /** @param acceptors of all loops */
    public PodAcceptor(Map<EventLoop, Acceptor> acceptors, CallingPod pod) {
        this.acceptors = acceptors;
        this.pod = pod;
    }

    @Override
    protected void initChannel(EpollSocketChannel channel) {
        Objects.requireNonNull(acceptors.get(channel.eventLoop())).accept(channel, pod);
    }
}
