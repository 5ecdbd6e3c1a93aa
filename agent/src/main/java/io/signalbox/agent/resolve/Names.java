package io.signalbox.agent.resolve;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of host names. A name that is watched is looked up again when its answer's time to live is over, and
 * keeps its last good answer while lookups fail. A name that is asked for once is kept likewise, for as long as it is
 * among those asked for last. Thread-safe.
 */
public final class Names {
    /** Answers count at least this long, whatever they say, so that nobody is asked without pause. */
    static final long MIN_TTL_MILLIS = 1000;

    /** After the first failure; doubled with each, up to the next. */
    static final long FIRST_RETRY_MILLIS = 1000;

    static final long MAX_RETRY_MILLIS = 60_000;

    /** Names that callers choose; the one that was not asked for longest makes room. */
    static final int MAX_ASKED = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Names.class);

    private final NameLookup lookup;
    private final ScheduledExecutorService upkeep;
    private final LongSupplier nanos;
    private final ResolveStats stats;
    private final Map<String, List<InetAddress>> addresses = new ConcurrentHashMap<>();

    /** Confined to the upkeep thread; likewise the next. */
    private final Map<String, Watched> watched = new HashMap<>();

    private final LinkedHashMap<String, Asked> asked = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Watched {
        private final List<Runnable> listeners = new ArrayList<>();
        private @Nullable ScheduledFuture<?> next;
        private int failures;
    }

    private static final class Asked {
        private CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        private long expiresNanos;
        private boolean isRunning;
    }

    /**
     * @param upkeep one thread, on which all is decided
     * @param nanos the clock
     */
    public Names(NameLookup lookup, ScheduledExecutorService upkeep, LongSupplier nanos, ResolveStats stats) {
        this.lookup = lookup;
        this.upkeep = upkeep;
        this.nanos = nanos;
        this.stats = stats;
    }

    /** The newest good answer for a watched name; empty as long as there was none. */
    public List<InetAddress> addresses(String name) {
        return addresses.getOrDefault(name, List.of());
    }

    /**
     * Keeps a name's addresses current until {@link #unwatch}.
     *
     * @param onChange called on the upkeep thread when {@link #addresses} gives another answer
     */
    public void watch(String name, Runnable onChange) {
        upkeep.execute(() -> {
            Watched known = watched.get(name);
            if (known == null) {
                known = new Watched();
                watched.put(name, known);
                known.listeners.add(onChange);
                lookUp(name, known);
            } else {
                known.listeners.add(onChange);
            }
        });
    }

    /** Ends what {@link #watch} began with the same arguments. */
    public void unwatch(String name, Runnable onChange) {
        upkeep.execute(() -> {
            Watched known = watched.get(name);
            if (known != null && known.listeners.remove(onChange) && known.listeners.isEmpty()) {
                watched.remove(name);
                addresses.remove(name);
                if (known.next != null) {
                    known.next.cancel(false);
                }
            }
        });
    }

    private void lookUp(String name, Watched known) {
        stats.lookups.increment();
        lookup.lookup(name)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (watched.get(name) == known) {
                                if (failure == null) {
                                    known.failures = 0;
                                    lookUpLater(name, known, Math.max(MIN_TTL_MILLIS, answer.ttlMillis()));
                                    take(name, known, answer.addresses());
                                } else {
                                    stats.failures.increment();
                                    known.failures++;
                                    long pause = Math.min(
                                            MAX_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(30, known.failures - 1));
                                    LOG.warn(
                                            "name not resolved, the last good answer stays: name={} addresses={} retry_millis={} reason={}",
                                            name,
                                            addresses(name),
                                            pause,
                                            failure.toString());
                                    lookUpLater(name, known, pause);
                                }
                            }
                        },
                        upkeep);
    }

    private void lookUpLater(String name, Watched known, long millis) {
        known.next = upkeep.schedule(() -> lookUp(name, known), millis, TimeUnit.MILLISECONDS);
    }

    private void take(String name, Watched known, List<InetAddress> answer) {
        if (!answer.equals(addresses.put(name, answer))) {
            List.copyOf(known.listeners).forEach(Runnable::run);
        }
    }

    /**
     * The addresses of a name that is not watched, from an answer that still counts, or else from a new one, or, when
     * that fails, from the last good one.
     *
     * @return fails when there is none; completes on any thread
     */
    public CompletionStage<List<InetAddress>> resolve(String name) {
        CompletableFuture<List<InetAddress>> result = new CompletableFuture<>();
        upkeep.execute(() -> {
            Asked known = asked.computeIfAbsent(name, n -> new Asked());
            if (asked.size() > MAX_ASKED) {
                asked.pollFirstEntry();
            }
            boolean isOver = known.answer.isDone() && nanos.getAsLong() - known.expiresNanos >= 0;
            if (!known.isRunning && (isOver || !known.answer.isDone())) {
                ask(name, known);
            }
            known.answer.whenComplete((answer, failure) -> {
                if (failure == null) {
                    result.complete(answer);
                } else {
                    result.completeExceptionally(failure);
                }
            });
        });
        return result;
    }

    private void ask(String name, Asked known) {
        CompletableFuture<List<InetAddress>> before = known.answer;
        CompletableFuture<List<InetAddress>> next = before.isDone() ? new CompletableFuture<>() : before;
        known.answer = next;
        known.isRunning = true;
        stats.lookups.increment();
        lookup.lookup(name)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            known.isRunning = false;
                            long millis =
                                    failure == null ? Math.max(MIN_TTL_MILLIS, answer.ttlMillis()) : FIRST_RETRY_MILLIS;
                            known.expiresNanos = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(millis);
                            if (failure == null) {
                                next.complete(answer.addresses());
                            } else {
                                stats.failures.increment();
                                if (before.isDone() && !before.isCompletedExceptionally()) {
                                    next.complete(before.join());
                                } else {
                                    next.completeExceptionally(failure);
                                }
                            }
                        },
                        upkeep);
    }
}
