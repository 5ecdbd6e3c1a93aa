package io.signalbox.agent.proxy;

import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.util.concurrent.CompletionStage;

/** The pod that a connection comes from, known by where it was accepted and not by what the caller says. */
public interface CallingPod {
    /** Its UID; empty while unknown. */
    String uid();

    /**
     * A socket in the pod's network, from which the pod's own address is seen; on no event loop yet. It is made on
     * another thread. Fails when the pod is gone.
     */
    CompletionStage<EpollSocketChannel> socket(SocketProtocolFamily family);
}
