package io.signalbox.agent.capture.rules;

import io.netty.channel.EventLoop;
import io.signalbox.agent.capture.netns.Nftables;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules of the node's network namespace for as long as one agent runs. Methods wait for programs; they are called
 * from one thread at a time.
 *
 * <p>Who installs redirection that fails open holds it in a table of its own, which the kernel removes with the process
 * whatever its end. All other rules stay behind a process that is killed: those that fail closed by intent, those of
 * TPROXY because they lead late packets of its connections to the kernel's answer (they let new connections by when
 * nobody listens), and those of {@code agent capture install} because another program made them, which then asks for
 * signs of life.
 */
public final class NodeCapture implements AutoCloseable {
    /** Connections that are on their way when the rules go still reach a listener. */
    private static final long GRACE_MILLIS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(NodeCapture.class);

    private final CaptureRules rules;
    private final boolean installs;
    private final boolean isOwned;
    private @Nullable Heartbeat heartbeat;
    private @Nullable OwnedRules owned;
    private boolean isInstalled;

    /**
     * @param rules of the node
     * @param installs whether to install and remove them; else only signs of life are given
     */
    public NodeCapture(CaptureRules rules, boolean installs) {
        this.rules = rules;
        this.installs = installs;
        this.isOwned =
                installs && rules.kind() == CaptureRules.Kind.REDIRECT && rules.failureMode() == FailureMode.OPEN;
    }

    /** Installs rules and, where they are needed, routes. */
    public static void install(CaptureRules rules) throws IOException {
        if (rules.kind() == CaptureRules.Kind.TPROXY) {
            BridgeFilter.requireNoneFor(rules.interfaces());
            // First, since packets that are taken and not routed here would be lost.
            PolicyRouting.install(rules.routingMark());
        }
        Nft.install(rules);
    }

    /** Removes rules and routes, whoever installed them, but for the table of an agent that runs. */
    public static void remove() throws IOException {
        Nft.remove();
        PolicyRouting.remove();
    }

    /**
     * Installs, where that is this agent's task, and connections may come from now on; rules of a table of its own are
     * only tried.
     */
    public void start() throws IOException {
        if (isOwned) {
            Nftables.require();
            Nft.check(rules.ownedText(OwnedRules.newTable()));
        } else if (installs) {
            isInstalled = true;
            install(rules);
        }
    }

    /**
     * In place of {@link #start} and {@link #ready}: takes over from an agent that captures. There is no moment in
     * which rules that fail open do not capture.
     */
    public void succeed(EventLoop loop) throws IOException {
        ready(loop);
        if (installs && !isOwned) {
            isInstalled = true;
            if (rules.kind() == CaptureRules.Kind.TPROXY) {
                PolicyRouting.install(rules.routingMark());
            }
            Nft.replace(rules);
        }
    }

    /** Leaves rules and capture to a successor. */
    public void release() {
        isInstalled = false;
        endSignsOfLife();
    }

    /**
     * The agent can serve: from now on rules that fail open capture.
     *
     * @param loop carries no traffic
     */
    public void ready(EventLoop loop) throws IOException {
        if (isOwned) {
            isInstalled = true;
            owned = OwnedRules.install(rules);
        } else {
            heartbeat = Heartbeat.start(loop, rules.port(), rules.socketMark());
        }
    }

    private boolean endSignsOfLife() {
        OwnedRules own = owned;
        Heartbeat beating = heartbeat;
        owned = null;
        heartbeat = null;
        if (own != null) {
            own.close();
        }
        if (beating != null) {
            beating.close();
        }
        return beating != null;
    }

    /**
     * No new connection is captured from now on, if rules fail open; those that are open go on. Waits until those that
     * were on their way have reached a listener.
     */
    public void drain() {
        if (owned == null && heartbeat == null) {
            return;
        }
        if (endSignsOfLife()) {
            try {
                Nft.forgetHeartbeat();
            } catch (IOException e) {
                LOG.warn("capture goes on for {} s: reason={}", CaptureRules.ALIVE_SECONDS, e.getMessage());
            }
        }
        try {
            TimeUnit.MILLISECONDS.sleep(GRACE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Removes what {@link #start} has installed, unless connections are to be refused without an agent. */
    @Override
    public void close() {
        drain();
        if (isInstalled && rules.failureMode() == FailureMode.OPEN) {
            isInstalled = false;
            try {
                if (isOwned) {
                    OwnedRules.removeRest();
                } else {
                    remove();
                }
            } catch (IOException e) {
                LOG.warn(
                        "capture rules stay, without effect; 'agent capture remove' removes them: reason={}",
                        e.getMessage());
            }
        }
    }
}
