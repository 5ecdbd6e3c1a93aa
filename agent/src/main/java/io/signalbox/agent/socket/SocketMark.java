package io.signalbox.agent.socket;

import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;

/**
 * SO_MARK of asm-generic/socket.h: a number that rules of the kernel see on every packet of a socket. Setting it needs
 * CAP_NET_ADMIN or, since Linux 5.17, CAP_NET_RAW.
 */
public final class SocketMark {
    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;

    /** The option of a channel of Netty's epoll transport. */
    public static final ChannelOption<Integer> OPTION = new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, SO_MARK);

    private SocketMark() {}
}
