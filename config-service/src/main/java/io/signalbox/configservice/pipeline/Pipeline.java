package io.signalbox.configservice.pipeline;

import io.signalbox.configservice.compile.Compilation;
import io.signalbox.configservice.compile.Compiler;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Registry;
import io.signalbox.configservice.source.RegistrySource;
import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.wire.SnapshotStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a change from the source to the snapshot store: read, validate, compile, publish, on one thread. A failure that
 * nobody expected is logged and leaves everything as it was.
 */
public final class Pipeline implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

    /** How long the source must be quiet before it is read: editors and tools change several files at once. */
    static final Duration QUIET_TIME = Duration.ofMillis(5);

    /** How long a source that is never quiet is left unread. */
    static final Duration MAX_DELAY = Duration.ofMillis(100);

    /** Between passes lies at least this many times the time of the last pass, up to {@link #MAX_DELAY}. */
    private static final int REST = 1;

    /** Most problems that are logged of one change; the REST API has them all. */
    private static final int MAX_LOGGED_PROBLEMS = 20;

    private final RegistrySource source;
    private final Compiler compiler;
    private final SnapshotStore store;
    private final PipelineObserver observer;
    private final LongSupplier nanoClock;
    private final Admission admission = new Admission(Admission.MAX_OBJECTS);
    private final Semaphore signals = new Semaphore(0);
    private Registry registry = Registry.EMPTY;
    private List<Problem> sourceProblems = List.of();
    private long lastPassNanos;
    private long lastPassEnd;
    private @Nullable Thread thread;
    private volatile PipelineState state = PipelineState.INITIAL;

    /**
     * A pipeline; does nothing before {@link #load}.
     *
     * @param observer told of every new state, after it was published
     * @param nanoClock elapsed time in nanoseconds, for timing only
     */
    public Pipeline(
            RegistrySource source,
            Compiler compiler,
            SnapshotStore store,
            PipelineObserver observer,
            LongSupplier nanoClock) {
        this.source = source;
        this.compiler = compiler;
        this.store = store;
        this.observer = observer;
        this.nanoClock = nanoClock;
    }

    /**
     * Loads the source once, on the calling thread. To be called before {@link #start}.
     *
     * @throws InterruptedException when the thread is told to end while the source is not ready
     */
    public void load() throws InterruptedException {
        run();
    }

    /** Begins to follow changes, on a thread of its own. */
    public void start() {
        thread = Thread.ofPlatform().daemon().name("pipeline").start(this::follow);
    }

    /** Says that the source may have something new. Never blocks; any thread. */
    public void signal() {
        signals.release();
    }

    /** What was last made. Any thread. */
    public PipelineState state() {
        return state;
    }

    private void follow() {
        try {
            while (true) {
                signals.acquire();
                awaitQuiet();
                long begin = nanoClock.getAsLong();
                try {
                    run();
                } catch (RuntimeException e) {
                    log.error("registry change not applied, agents keep what they have; this is a bug", e);
                }
                lastPassEnd = nanoClock.getAsLong();
                lastPassNanos = lastPassEnd - begin;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until the source is quiet; under steady change for {@link #REST} times as long as the last pass took, so
     * that passes become fewer and larger rather than fill the processor.
     */
    private void awaitQuiet() throws InterruptedException {
        long begin = nanoClock.getAsLong();
        long rest = Math.min(MAX_DELAY.toNanos(), REST * lastPassNanos) - (begin - lastPassEnd);
        if (rest > 0) {
            TimeUnit.NANOSECONDS.sleep(rest);
        }
        do {
            signals.drainPermits();
        } while (nanoClock.getAsLong() - begin < MAX_DELAY.toNanos()
                && signals.tryAcquire(QUIET_TIME.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** One pass; ends early where a stage finds nothing new. */
    void run() throws InterruptedException {
        long begin = nanoClock.getAsLong();
        SourceChange read = source.read();
        long readDone = nanoClock.getAsLong();
        if (state.loaded() && read.isEmpty() && read.problems().equals(sourceProblems)) {
            return;
        }
        observer.onStage(Stage.READ, Duration.ofNanos(readDone - begin));
        Admission.Result admitted = admission.admit(read);
        long admitDone = nanoClock.getAsLong();
        observer.onStage(Stage.VALIDATE, Duration.ofNanos(admitDone - readDone));

        // Kept also when what follows fails: the source tells of a change only once.
        registry = registry.with(registry.revision().next(), admitted.changed(), admitted.removed());
        sourceProblems = read.problems();
        Compilation compilation = compiler.compile(state.compilation(), registry);
        long compileDone = nanoClock.getAsLong();
        observer.onStage(Stage.COMPILE, Duration.ofNanos(compileDone - admitDone));

        List<Problem> problems = new ArrayList<>(admitted.problems());
        problems.addAll(compilation.problems());
        Collections.sort(problems);
        store.publish(compilation.snapshot());
        PipelineState before = state;
        state = new PipelineState(true, compilation, admitted.refused(), problems);
        long publishDone = nanoClock.getAsLong();
        observer.onStage(Stage.PUBLISH, Duration.ofNanos(publishDone - compileDone));
        observer.onState(state);
        logChange(before, Duration.ofNanos(publishDone - begin));
    }

    private void logChange(PipelineState before, Duration took) {
        PipelineState now = state;
        log.info(
                "registry applied: revision={} objects={} ports={} changed_ports={} problems={} took_ms={}",
                now.registry().revision(),
                now.registry().size(),
                now.compilation().snapshot().ports().size(),
                now.compilation().changedPorts(),
                now.problems().size(),
                took.toMillis());
        Set<Problem> known = new HashSet<>(before.problems());
        List<Problem> fresh = now.problems().stream()
                .filter(problem -> !known.contains(problem))
                .toList();
        fresh.stream().limit(MAX_LOGGED_PROBLEMS).forEach(Pipeline::logProblem);
        if (fresh.size() > MAX_LOGGED_PROBLEMS) {
            log.warn("{} more problems; see /v1/problems", fresh.size() - MAX_LOGGED_PROBLEMS);
        }
    }

    private static void logProblem(Problem problem) {
        switch (problem.severity()) {
            case ERROR -> log.warn("refused, its last good form stays in force: {}", problem);
            case WARNING -> log.warn("{}", problem);
            case INFO -> log.info("{}", problem);
        }
    }

    @Override
    public void close() {
        source.close();
        if (thread != null) {
            thread.interrupt();
        }
    }
}
