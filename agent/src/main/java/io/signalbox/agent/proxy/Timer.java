package io.signalbox.agent.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A moment to wait for on an event loop, one after another. Confined to the loop. */
public final class Timer {
    private final EventLoop loop;
    private final Runnable fire;
    private @Nullable Future<?> pending;

    /** @param action runs when the time is up */
    public Timer(EventLoop loop, Runnable action) {
        this.loop = loop;
        this.fire = () -> {
            pending = null;
            action.run();
        };
    }

    /** Starts to wait. Must not wait already. */
    public void start(long millis) {
        pending = loop.schedule(fire, millis, TimeUnit.MILLISECONDS);
    }

    /** Whether it waits. */
    public boolean isRunning() {
        return pending != null;
    }

    /** No longer waits. */
    public void cancel() {
        Future<?> running = pending;
        if (running != null) {
            pending = null;
            running.cancel(false);
        }
    }
}
