package io.signalbox.configservice.explain;

import io.signalbox.configservice.pipeline.PipelineState;
import io.signalbox.configservice.wire.Published;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Compiles manifests beside the live registry, on threads of its own, and remembers the last ones. Safe on any thread;
 * blocks the caller until the result is there.
 */
public final class WhatIfs implements AutoCloseable {
    /** How long a caller waits for a compilation, queueing included. */
    public static final Duration DEADLINE = Duration.ofSeconds(10);

    /** Length of the manifests that are remembered, all together. */
    static final int MAX_REMEMBERED_CHARS = 16 * 1024 * 1024;

    /** What even the shortest counts for, since a compiled registry is larger than its text. */
    static final int MIN_REMEMBERED_CHARS = 256 * 1024;

    /** Half of the processors, so that the live registry is compiled and published at any time. */
    private static final int WORKERS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private record Remembered(WhatIfRegistry registry, int chars) {}

    private final WhatIfCompiler compiler;
    private final Supplier<PipelineState> live;
    private final Supplier<Published> published;
    private final Duration deadline;
    private final ExecutorService workers = Executors.newFixedThreadPool(
            WORKERS, Thread.ofPlatform().daemon().name("what-if-", 1).factory());

    /* Guarded by itself; the least recently used comes first. */
    private final LinkedHashMap<String, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true);

    /** Compiles with this compiler, on top of that live state where asked to. */
    public WhatIfs(WhatIfCompiler compiler, Supplier<PipelineState> live, Supplier<Published> published) {
        this(compiler, live, published, DEADLINE);
    }

    WhatIfs(WhatIfCompiler compiler, Supplier<PipelineState> live, Supplier<Published> published, Duration deadline) {
        this.compiler = compiler;
        this.live = live;
        this.published = published;
        this.deadline = deadline;
    }

    /** The registry with these manifests. */
    public WhatIfRegistry compile(Manifests manifests) throws WhatIfException, InterruptedException {
        PipelineState base = manifests.overlay() ? live.get() : PipelineState.INITIAL;
        Published basePublished = manifests.overlay() ? published.get() : Published.EMPTY;
        String hash = HexFormat.of().formatHex(sha256(manifests.yaml()), 0, 8);
        String revision = manifests.overlay() ? base.registry().revision() + "+" + hash : hash;
        synchronized (remembered) {
            Remembered known = remembered.get(revision);
            if (known != null) {
                return known.registry;
            }
        }
        WhatIfRegistry registry =
                await(workers.submit(() -> compiler.compile(revision, base, basePublished, manifests.yaml())));
        remember(revision, new Remembered(registry, Math.max(manifests.yaml().length(), MIN_REMEMBERED_CHARS)));
        return registry;
    }

    private WhatIfRegistry await(Future<WhatIfRegistry> compilation) throws WhatIfException, InterruptedException {
        try {
            return compilation.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new WhatIfException("the manifests were not compiled in " + deadline.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the what-if compilation failed", e.getCause());
        } finally {
            compilation.cancel(true);
        }
    }

    private void remember(String revision, Remembered registry) {
        synchronized (remembered) {
            remembered.put(revision, registry);
            long chars =
                    remembered.values().stream().mapToLong(Remembered::chars).sum();
            Iterator<Map.Entry<String, Remembered>> oldest =
                    remembered.entrySet().iterator();
            while (chars > MAX_REMEMBERED_CHARS) {
                chars -= oldest.next().getValue().chars;
                oldest.remove();
            }
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
