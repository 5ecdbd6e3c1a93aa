package io.signalbox.agent.capture.rules;

import io.netty.channel.EventLoop;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules of the node's network namespace for as long as one agent runs. Methods wait for programs; they are called
 * from one thread.
 */
public final class NodeCapture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCapture.class);

    private final CaptureRules rules;
    private final boolean isOwner;
    private @Nullable Heartbeat heartbeat;
    private boolean isInstalled;

    /**
     * @param rules of the node
     * @param isOwner whether to install and remove them; else only signs of life are given
     */
    public NodeCapture(CaptureRules rules, boolean isOwner) {
        this.rules = rules;
        this.isOwner = isOwner;
    }

    /** Installs rules and, where they are needed, routes. */
    public static void install(CaptureRules rules) throws IOException {
        if (rules.kind() == CaptureRules.Kind.TPROXY) {
            // First, since packets that are taken and not routed here would be lost.
            PolicyRouting.install(rules.routingMark());
        }
        Nft.install(rules);
    }

    /** Removes rules and routes, whoever installed them. */
    public static void remove() throws IOException {
        Nft.remove();
        PolicyRouting.remove();
    }

    /** Installs, where that is this agent's task. Connections may come from now on. */
    public void start() throws IOException {
        if (isOwner) {
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
        if (isOwner) {
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
        if (heartbeat != null) {
            heartbeat.close();
            heartbeat = null;
        }
    }

    /**
     * The agent can serve: from now on rules that fail open capture.
     *
     * @param loop carries no traffic
     */
    public void ready(EventLoop loop) throws IOException {
        heartbeat = Heartbeat.start(loop, rules.port(), rules.socketMark());
    }

    /** No new connection is captured from now on, if rules fail open; those that are open go on. */
    public void drain() {
        if (heartbeat == null) {
            return;
        }
        heartbeat.close();
        heartbeat = null;
        try {
            Nft.forgetHeartbeat();
        } catch (IOException e) {
            LOG.warn("capture goes on for {} s: reason={}", CaptureRules.ALIVE_SECONDS, e.getMessage());
        }
    }

    /** Removes what {@link #start} has installed, unless connections are to be refused without an agent. */
    @Override
    public void close() {
        drain();
        if (isInstalled && rules.failureMode() == FailureMode.OPEN) {
            isInstalled = false;
            try {
                remove();
            } catch (IOException e) {
                LOG.warn(
                        "capture rules stay, without effect; 'agent capture remove' removes them: reason={}",
                        e.getMessage());
            }
        }
    }
}
