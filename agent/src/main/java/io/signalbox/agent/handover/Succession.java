package io.signalbox.agent.handover;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The successor's side of a hand-over. Methods wait for the predecessor; they are called from one thread. */
public final class Succession implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final Channel channel;
    private final InheritedSockets sockets;
    private final CompletableFuture<Void> released;

    private Succession(Channel channel, InheritedSockets sockets, CompletableFuture<Void> released) {
        this.channel = channel;
        this.sockets = sockets;
        this.released = released;
    }

    /**
     * Asks the agent that listens on a unix socket for its listening sockets.
     *
     * @param loop without traffic
     * @return null when no agent listens there
     * @throws IOException when it does not hand over; it serves on then
     */
    public static @Nullable Succession begin(EventLoop loop, Path path) throws IOException {
        if (!Files.exists(path)) {
            return null;
        }
        Successor handler = new Successor();
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .handler(handler)
                .connect(new DomainSocketAddress(path.toString()))
                .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            // What a process that was killed has left behind.
            return null;
        }
        Channel channel = connected.channel();
        LineHandler.send(channel, HandoverProtocol.HELLO);
        try {
            InheritedSockets sockets = new InheritedSockets(await(handler.received, CONNECT_TIMEOUT));
            return new Succession(channel, sockets, handler.released);
        } catch (IOException e) {
            channel.close();
            throw new IOException(path + ": no hand-over: " + e.getMessage(), e);
        }
    }

    /** What the predecessor listens on. */
    public InheritedSockets sockets() {
        return sockets;
    }

    /**
     * This process accepts connections and serves them: the predecessor ends accepting.
     *
     * @param timeout for its answer
     * @throws IOException when there is none: it has died, or is stuck
     */
    public void accepting(Duration timeout) throws IOException {
        sockets.closeRest();
        LineHandler.send(channel, HandoverProtocol.ACCEPTING);
        await(released, timeout);
    }

    /** Ends the connection; before {@link #accepting} the predecessor then serves on as before. */
    @Override
    public void close() {
        channel.close();
    }

    private static <T> T await(CompletableFuture<T> future, Duration timeout) throws IOException {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(cause == null ? e.toString() : cause.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + timeout.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static final class Successor extends LineHandler {
        private final CompletableFuture<List<ListeningSocket>> received = new CompletableFuture<>();
        private final CompletableFuture<Void> released = new CompletableFuture<>();
        private final List<String> lines = new ArrayList<>();
        private final List<ListeningSocket> sockets = new ArrayList<>();
        private int count = -1;

        @Override
        void line(Channel channel, String text) {
            if (text.startsWith(HandoverProtocol.REFUSED)) {
                ended(text);
            } else if (received.isDone()) {
                if (text.equals(HandoverProtocol.RELEASED)) {
                    released.complete(null);
                }
            } else if (count < 0) {
                count = HandoverProtocol.count(text);
                askForSockets(channel);
            } else {
                lines.add(text);
                askForSockets(channel);
            }
        }

        private void askForSockets(Channel channel) {
            if (lines.size() < count) {
                return;
            }
            if (count == 0) {
                received.complete(List.of());
                return;
            }
            ((EpollDomainSocketChannel) channel).config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
            send(channel, HandoverProtocol.SEND);
        }

        @Override
        void descriptor(Channel channel, FileDescriptor descriptor) {
            sockets.add(HandoverProtocol.socket(lines.get(sockets.size()), descriptor.intValue()));
            if (sockets.size() == count) {
                ((EpollDomainSocketChannel) channel).config().setReadMode(DomainSocketReadMode.BYTES);
                received.complete(List.copyOf(sockets));
            }
        }

        @Override
        void ended(String reason) {
            IOException failure = new IOException(reason);
            if (received.completeExceptionally(failure)) {
                new InheritedSockets(sockets).closeRest();
            }
            released.completeExceptionally(failure);
        }
    }
}
