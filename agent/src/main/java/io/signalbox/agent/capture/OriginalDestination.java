package io.signalbox.agent.capture;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Learns where a connection was going. */
@FunctionalInterface
public interface OriginalDestination {
    /** The local address itself: for listeners that are bound to the service address. */
    OriginalDestination LOCAL_ADDRESS = EpollSocketChannel::localAddress;

    /**
     * The local address, which TPROXY leaves as it was; but who dialled the listeners' port was not captured.
     *
     * @param port of the listeners
     */
    static OriginalDestination localAddressBut(IntSupplier port) {
        return channel -> channel.localAddress().getPort() == port.getAsInt() ? null : channel.localAddress();
    }

    /** What netfilter's REDIRECT replaced. */
    OriginalDestination REDIRECTED = Redirected::of;

    /**
     * The original destination of an accepted connection.
     *
     * @return null when the connection has none: it was not captured but dialled the agent itself
     */
    @Nullable
    InetSocketAddress of(EpollSocketChannel channel);

    /** SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST of linux/netfilter_ipv4.h and linux/netfilter_ipv6/ip6_tables.h. */
    final class Redirected {
        private static final int SOL_IP = 0;
        private static final int SOL_IPV6 = 41;
        private static final int SO_ORIGINAL_DST = 80;
        private static final int SOCKADDR_IN_BYTES = 16;
        private static final int SOCKADDR_IN6_BYTES = 28;
        private static final ChannelOption<ByteBuffer> IPV4 =
                new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, SOCKADDR_IN_BYTES);
        private static final ChannelOption<ByteBuffer> IPV6 =
                new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, SO_ORIGINAL_DST, SOCKADDR_IN6_BYTES);

        private Redirected() {}

        static @Nullable InetSocketAddress of(EpollSocketChannel channel) {
            InetSocketAddress local = channel.localAddress();
            InetSocketAddress found =
                    local.getAddress() instanceof Inet6Address ? read(channel, IPV6, 8, 16) : read(channel, IPV4, 4, 4);
            return local.equals(found) ? null : found;
        }

        /** A sockaddr: family (2 bytes), port (2, big-endian), for IPv6 flow info (4), then the address. */
        private static @Nullable InetSocketAddress read(
                EpollSocketChannel channel, ChannelOption<ByteBuffer> option, int addressOffset, int addressBytes) {
            Function<ByteBuffer, @Nullable InetSocketAddress> parse = sockaddr -> {
                byte[] address = new byte[addressBytes];
                sockaddr.get(addressOffset, address);
                int port = (sockaddr.get(2) & 0xff) << 8 | (sockaddr.get(3) & 0xff);
                try {
                    return new InetSocketAddress(InetAddress.getByAddress(address), port);
                } catch (UnknownHostException e) {
                    return null;
                }
            };
            ByteBuffer sockaddr = channel.config().getOption(option);
            return sockaddr == null ? null : parse.apply(sockaddr);
        }
    }
}
