package io.signalbox.agent.config;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest content that worked, on disk, so that the agent starts and serves without a config service.
 *
 * <p>Written on a thread of its own and conflated: whatever arrives within {@link #WRITE_INTERVAL} of the last write
 * goes into one write after it, so a crash loses at most that much, and the config service sends it again. A write goes
 * to a second file that is forced to disk and then renamed over the first, so a kill at any moment leaves a whole copy.
 * On disk it takes about the size of what the config service sent, twice that during a write.
 */
public final class LastKnownGood implements AutoCloseable {
    /** The least time between two writes. */
    static final Duration WRITE_INTERVAL = Duration.ofMillis(200);

    static final String FILE_NAME = "last-known-good.bin";

    private static final Logger log = LoggerFactory.getLogger(LastKnownGood.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Path file;
    private final Path temporary;
    private final Path corrupt;
    private final ConfigStats stats;
    private final LongSupplier nanoClock;
    private final ScheduledThreadPoolExecutor writer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("signalbox-disk").daemon().factory());
    private final AtomicReference<@Nullable HeldContent> pending = new AtomicReference<>();
    private volatile long lastWriteNanos;
    private volatile boolean failing;
    private volatile boolean isHeld;

    /**
     * Keeps the copy in a directory.
     *
     * @param directory must exist and be writable; for this agent alone
     * @param stats counts the writes
     * @param nanoClock as {@link System#nanoTime}
     */
    public LastKnownGood(Path directory, ConfigStats stats, LongSupplier nanoClock) {
        this.file = directory.resolve(FILE_NAME);
        this.temporary = directory.resolve(FILE_NAME + ".tmp");
        this.corrupt = directory.resolve(FILE_NAME + ".corrupt");
        this.stats = stats;
        this.nanoClock = nanoClock;
        this.lastWriteNanos = nanoClock.getAsLong() - WRITE_INTERVAL.toNanos();
    }

    /** Reads the copy. What cannot be used is set aside and logged; then, or where there is none, nothing is held. */
    HeldContent load() {
        try (InputStream in = Files.newInputStream(file)) {
            HeldContent.Outcome outcome = HeldContent.EMPTY.accept(LastKnownGoodFormat.read(in));
            outcome.refused()
                    .forEach(refused -> log.warn(
                            "port of the last-known-good copy left out: file={} port={} reason={}",
                            file,
                            refused.getPort(),
                            refused.getReason()));
            if (outcome.workloadsProblem() != null) {
                log.warn(
                        "workloads of the last-known-good copy left out: file={} reason={}",
                        file,
                        outcome.workloadsProblem());
            }
            return outcome.content();
        } catch (NoSuchFileException e) {
            return HeldContent.EMPTY;
        } catch (IOException e) {
            setAside(e);
            return HeldContent.EMPTY;
        }
    }

    private void setAside(IOException reason) {
        String kept;
        try {
            Files.move(file, corrupt, StandardCopyOption.REPLACE_EXISTING);
            kept = corrupt.toString();
        } catch (IOException e) {
            kept = "could not be set aside: " + e;
        }
        log.error(
                "last-known-good copy cannot be used, starting empty until the config service answers: file={} reason={}"
                        + " kept={}",
                file,
                reason.getMessage() == null ? reason.toString() : reason.getMessage(),
                kept);
    }

    /** Writes nothing before {@link #resume}: the directory is another process's. */
    public void hold() {
        isHeld = true;
    }

    /** The directory is this process's: writes what came meanwhile. */
    public void resume() {
        isHeld = false;
        HeldContent waiting = pending.getAndSet(null);
        if (waiting != null) {
            save(waiting);
        }
    }

    /** Writes content soon; when more comes before it was written, only the newest is. Returns at once. */
    void save(HeldContent content) {
        if (pending.getAndSet(content) == null && !isHeld) {
            long delay = Math.max(0, WRITE_INTERVAL.toNanos() - (nanoClock.getAsLong() - lastWriteNanos));
            try {
                var _ = writer.schedule(this::writePending, delay, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                log.debug("closed: close() writes what is pending");
            }
        }
    }

    private void writePending() {
        HeldContent content = pending.getAndSet(null);
        if (content == null) {
            return;
        }
        try {
            lastWriteNanos = nanoClock.getAsLong();
            write(content);
            stats.lastKnownGoodWrites.increment();
            failing = false;
        } catch (IOException e) {
            stats.lastKnownGoodFailures.increment();
            if (!failing) {
                failing = true;
                log.error(
                        "last-known-good copy not written, a restart without config service would serve an older one:"
                                + " file={} reason={}",
                        file,
                        e.toString());
            }
        }
    }

    private void write(HeldContent content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            LastKnownGoodFormat.write(out, content);
            out.flush();
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Writes what is pending and ends the thread. */
    @Override
    public void close() {
        writer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("the disk does not answer, the last snapshot is not written");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (!isHeld) {
            writePending();
        }
    }
}
