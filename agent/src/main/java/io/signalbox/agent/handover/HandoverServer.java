package io.signalbox.agent.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits on a unix socket for a successor, and hands it the listening sockets. Only a process of the same user, or of
 * root, gets them; one at a time.
 */
public final class HandoverServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandoverServer.class);
    private static final int ROOT = 0;

    private final Supplier<List<ListeningSocket>> sockets;
    private final Runnable release;
    private final int ownUser;
    private final Channel server;
    private volatile @Nullable Channel successor;

    /**
     * @param release run once, on a thread of its own, when a successor accepts connections; it returns when nothing is
     *     held that the successor needs
     */
    private HandoverServer(EventLoop loop, Path path, Supplier<List<ListeningSocket>> sockets, Runnable release)
            throws IOException {
        this.sockets = sockets;
        this.release = release;
        this.ownUser = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        Files.deleteIfExists(path);
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel channel) throws IOException {
                        int user = channel.peerCredentials().uid();
                        if (user == ownUser || user == ROOT) {
                            channel.pipeline().addLast(new Predecessor());
                        } else {
                            LOG.warn("no hand-over to another user: uid={}", user);
                            channel.close();
                        }
                    }
                })
                .bind(new DomainSocketAddress(path.toString()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(path + ": cannot be bound: " + bound.cause().getMessage(), bound.cause());
        }
        this.server = bound.channel();
    }

    /**
     * Binds, in place of whatever is at the path.
     *
     * @param loop without traffic
     * @param sockets tells the listening sockets of now; does not wait
     * @param release as described above
     */
    public static HandoverServer start(
            EventLoop loop, Path path, Supplier<List<ListeningSocket>> sockets, Runnable release) throws IOException {
        return new HandoverServer(loop, path, sockets, release);
    }

    /** Whether a process has asked for the sockets and has not gone away. */
    public boolean hasSuccessor() {
        return successor != null;
    }

    /** Takes no successor any more and removes the file. */
    @Override
    public void close() {
        server.close().awaitUninterruptibly();
    }

    private final class Predecessor extends LineHandler {
        private List<ListeningSocket> offered = List.of();
        private boolean isReleasing;
        private boolean isSuccessor;

        @Override
        void line(Channel channel, String text) {
            switch (text) {
                case HandoverProtocol.HELLO -> offer(channel);
                case HandoverProtocol.SEND ->
                    offered.forEach(socket -> channel.writeAndFlush(new FileDescriptor(socket.fd())));
                case HandoverProtocol.ACCEPTING -> {
                    if (isSuccessor && !isReleasing) {
                        isReleasing = true;
                        Thread.ofPlatform().name("signalbox-handover").daemon().start(() -> {
                            release.run();
                            send(channel, HandoverProtocol.RELEASED).addListener(sent -> channel.close());
                        });
                    }
                }
                default -> refuse(channel, "'" + text + "' (expected: " + HandoverProtocol.HELLO + ")");
            }
        }

        private void offer(Channel channel) {
            if (successor != null) {
                refuse(channel, "another process is taking over");
                return;
            }
            successor = channel;
            isSuccessor = true;
            LOG.info("a new process is taking over: pid={}", pid(channel));
            offered = sockets.get();
            StringBuilder text = new StringBuilder(HandoverProtocol.HELLO + " " + offered.size());
            offered.forEach(socket -> text.append('\n').append(HandoverProtocol.line(socket)));
            send(channel, text.toString());
        }

        private void refuse(Channel channel, String reason) {
            send(channel, HandoverProtocol.REFUSED + reason).addListener(sent -> channel.close());
        }

        private static int pid(Channel channel) {
            try {
                return ((EpollDomainSocketChannel) channel).peerCredentials().pid();
            } catch (IOException e) {
                return 0;
            }
        }

        @Override
        void descriptor(Channel channel, FileDescriptor descriptor) {
            throw new IllegalArgumentException("a file descriptor (expected: lines)");
        }

        @Override
        void ended(String reason) {
            if (!isSuccessor) {
                return;
            }
            if (!isReleasing) {
                LOG.warn("the new process did not take over, serving on: reason={}", reason);
            }
            isSuccessor = false;
            offered = List.of();
            successor = null;
        }
    }
}
