package io.signalbox.configservice.source.file;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals that something below a directory may have changed: by the file system's events, and once per rescan interval
 * in case one was missed; says which files, as long as events tell. Signals too often rather than too rarely. Runs on a
 * daemon thread of its own.
 */
final class DirectoryWatcher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DirectoryWatcher.class);
    private static final WatchEvent.Kind<?>[] EVENTS = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE
    };

    private final Path directory;
    private final Duration rescanInterval;
    private final LongSupplier nanoClock;
    private final ChangedFiles changes;
    private final Runnable onChange;
    private final WatchService service;

    /** The folders under watch; confined to the watching thread once it runs. */
    private final Map<Path, WatchKey> watched = new HashMap<>();

    private DirectoryWatcher(
            Path directory,
            Duration rescanInterval,
            LongSupplier nanoClock,
            ChangedFiles changes,
            Runnable onChange,
            WatchService service) {
        this.directory = directory;
        this.rescanInterval = rescanInterval;
        this.nanoClock = nanoClock;
        this.changes = changes;
        this.onChange = onChange;
        this.service = service;
    }

    static DirectoryWatcher start(
            Path directory, Duration rescanInterval, LongSupplier nanoClock, ChangedFiles changes, Runnable onChange)
            throws IOException {
        WatchService service = directory.getFileSystem().newWatchService();
        DirectoryWatcher watcher =
                new DirectoryWatcher(directory, rescanInterval, nanoClock, changes, onChange, service);
        watcher.watchFolders();
        Thread.ofPlatform().daemon().name("registry-watch").start(watcher::run);
        return watcher;
    }

    private void run() {
        try {
            long rescanned = nanoClock.getAsLong();
            while (true) {
                long left = rescanInterval.toNanos() - (nanoClock.getAsLong() - rescanned);
                WatchKey key = left <= 0 ? null : service.poll(left, TimeUnit.NANOSECONDS);
                boolean known = key != null;
                if (key != null) {
                    Path folder = (Path) key.watchable();
                    for (WatchEvent<?> event : key.pollEvents()) {
                        known &= note(folder, event);
                    }
                    key.reset();
                }
                if (!known) {
                    watchFolders();
                    changes.addEverything();
                    rescanned = nanoClock.getAsLong();
                }
                onChange.run();
            }
        } catch (ClosedWatchServiceException e) {
            log.debug("registry watch ended: directory={}", directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Notes the one file that the event is about; false when it may be about more. */
    private boolean note(Path folder, WatchEvent<?> event) {
        if (!(event.context() instanceof Path name)) {
            return false;
        }
        Path file = folder.resolve(name);
        boolean deep = directory.relativize(file).getNameCount() > RegistryFiles.MAX_DEPTH;
        if (deep || !RegistryFiles.isManifest(file) || watched.containsKey(file) || Files.isDirectory(file)) {
            return false;
        }
        changes.add(file);
        return true;
    }

    /** Puts folders that are new, or that replaced one of the same path, under watch. */
    private void watchFolders() {
        watched.values().removeIf(key -> !key.isValid());
        try {
            for (Path folder : RegistryFiles.folders(directory)) {
                if (!watched.containsKey(folder)) {
                    watched.put(folder, folder.register(service, EVENTS));
                }
            }
        } catch (IOException e) {
            log.warn(
                    "registry not fully watched, changes are found by the rescan only: directory={} reason={}",
                    directory,
                    e.toString());
        }
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            log.debug("registry watch did not close: reason={}", e.toString());
        }
    }
}
