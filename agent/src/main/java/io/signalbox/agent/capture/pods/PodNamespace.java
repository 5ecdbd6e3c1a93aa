package io.signalbox.agent.capture.pods;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.signalbox.agent.capture.netns.NetworkNamespace;
import io.signalbox.agent.capture.netns.Nftables;
import io.signalbox.agent.capture.rules.CaptureRules;
import io.signalbox.agent.capture.rules.FailureMode;
import io.signalbox.agent.capture.rules.OwnedRules;
import io.signalbox.agent.proxy.CallingPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The network namespace of a pod with what the agent has in it. Confined to the thread that captures, but for
 * {@link #uid} and {@link #socket}.
 *
 * <p>Rules that fail open stand in a table that the kernel removes with the agent's connection to it, so also when the
 * agent is killed. Rules that fail closed stand in a table that stays, and the next agent replaces it in one step.
 */
final class PodNamespace implements CallingPod {
    private final PodsConfig config;
    private final Executor thread;
    private final EventLoopGroup loops;
    private final Function<CallingPod, ChannelHandler> acceptor;
    private final long inode;
    private volatile String uid;
    private @Nullable NetworkNamespace namespace;
    private @Nullable PodListeners listeners;
    private @Nullable OwnedRules owned;
    private @Nullable FailureMode failureMode;
    private boolean isSettled;
    private String problem = "";
    private long nextTryNanos;

    /**
     * Nothing is captured yet.
     *
     * @param thread to which this is confined
     */
    PodNamespace(
            PodsConfig config,
            Executor thread,
            EventLoopGroup loops,
            Function<CallingPod, ChannelHandler> acceptor,
            long inode,
            String uid) {
        this.config = config;
        this.thread = thread;
        this.loops = loops;
        this.acceptor = acceptor;
        this.inode = inode;
        this.uid = uid;
    }

    @Override
    public String uid() {
        return uid;
    }

    @Override
    public CompletionStage<EpollSocketChannel> socket(SocketProtocolFamily family) {
        try {
            return CompletableFuture.supplyAsync(() -> socketInside(family), thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private EpollSocketChannel socketInside(SocketProtocolFamily family) {
        NetworkNamespace inside = namespace;
        try {
            if (inside == null) {
                throw new IOException("network namespace " + inode + ": let go");
            }
            return inside.inside(() -> new EpollSocketChannel(family));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pod's UID is known now. */
    void uid(String known) {
        uid = known;
    }

    /** Of the network namespace. */
    long inode() {
        return inode;
    }

    /** Whether it is in a state that was wanted: captured, or left alone. */
    boolean isSettled() {
        return isSettled;
    }

    /** What becomes of connections without an agent; null: they are not captured. */
    @Nullable
    FailureMode failureMode() {
        return failureMode;
    }

    /** Why it could not be captured; empty when nothing is wrong. */
    String problem() {
        return problem;
    }

    /** Whether it is time to try again what has failed. */
    boolean isDue(long nowNanos) {
        return problem.isEmpty() || nextTryNanos - nowNanos <= 0;
    }

    /** It could not be captured. */
    void failed(String reason, long retryNanos) {
        isSettled = false;
        problem = reason;
        nextTryNanos = retryNanos;
    }

    /** Where the agent listens; 0: nowhere. */
    int port() {
        PodListeners open = listeners;
        return open == null ? 0 : open.port();
    }

    /**
     * Captures, or changes how.
     *
     * @param path of the namespace
     */
    void capture(Path path, FailureMode mode) throws IOException {
        NetworkNamespace inside = enter(path);
        PodListeners open = listeners;
        if (open == null) {
            open = PodListeners.open(inside, loops, acceptor.apply(this), config.firstPort());
            listeners = open;
        }
        install(inside, open.port(), mode);
        failureMode = mode;
        problem = "";
        isSettled = true;
    }

    private NetworkNamespace enter(Path path) throws IOException {
        NetworkNamespace inside = namespace;
        if (inside == null) {
            inside = NetworkNamespace.open(path);
            namespace = inside;
            if (inside.inode() != inode) {
                throw new IOException(path + ": " + inside + " (expected: net:[" + inode + "])");
            }
        }
        return inside;
    }

    /**
     * Captures nothing, and removes what an earlier agent may have left.
     *
     * @param path of the namespace
     */
    void exclude(Path path) throws IOException {
        try (Nftables nftables = enter(path).inside(Nftables::open)) {
            nftables.run(CaptureRules.removeText());
        }
        close();
        problem = "";
        isSettled = true;
    }

    private void install(NetworkNamespace inside, int port, FailureMode mode) throws IOException {
        CaptureRules rules =
                CaptureRules.ofPod(port, config.socketMark(), config.excludedPorts(), config.excludedAddresses());
        switch (mode) {
            case OPEN -> {
                if (owned == null) {
                    owned = inside.inside(() -> OwnedRules.install(rules));
                }
            }
            case CLOSED -> {
                try (Nftables nftables = inside.inside(Nftables::open)) {
                    nftables.run(rules.installText());
                }
                removeOwnedRules();
            }
        }
    }

    /** Removes rules that fail open, so that new connections do not come to the agent any more. */
    void removeOwnedRules() {
        OwnedRules own = owned;
        if (own != null) {
            owned = null;
            own.close();
        }
    }

    /** Ends listening; connections that are open go on. */
    void closeListeners() {
        PodListeners open = listeners;
        if (open != null) {
            listeners = null;
            open.close();
        }
    }

    /** At the end of the agent, when no connection is open any more: leaves nothing but rules that fail closed. */
    void removeRest() throws IOException {
        NetworkNamespace inside = namespace;
        if (inside != null && failureMode == FailureMode.OPEN) {
            inside.inside(OwnedRules::removeRest);
        }
    }

    /** Lets everything go, but for rules that fail closed; connections that are open go on. */
    void close() {
        removeOwnedRules();
        closeListeners();
        NetworkNamespace inside = namespace;
        if (inside != null) {
            namespace = null;
            inside.close();
        }
        failureMode = null;
    }
}
