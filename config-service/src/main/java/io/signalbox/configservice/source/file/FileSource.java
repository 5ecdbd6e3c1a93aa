package io.signalbox.configservice.source.file;

import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.source.RegistrySource;
import io.signalbox.configservice.source.SourceChange;
import io.signalbox.configservice.source.SourceStatus;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.source.manifest.ManifestReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Declarations from the {@code .yaml} and {@code .yml} files below a directory. Files and folders whose name begins
 * with a dot are left out; symbolic links are followed. A file is one unit, named by its path below the directory.
 *
 * <p>Files are read again when their identity, size or time of change differ. Where events tell which files changed,
 * only these are looked at; with symbolic links, where the file of an event may be another's content, always all. A
 * file that cannot be read is a unit that is not complete; a file that is gone is no unit.
 */
public final class FileSource implements RegistrySource {
    /** Largest file that is read. */
    public static final int MAX_FILE_BYTES = 16 * 1024 * 1024;

    /** Most files that are read; those after it, in the order of their paths, are not. */
    public static final int MAX_FILES = 10_000;

    private static final String KIND = "files";

    private record Known(FileStamp stamp, SourceUnit unit) {}

    private final Path directory;
    private final Duration rescanInterval;
    private final LongSupplier nanoClock;
    private final ManifestReader reader = new ManifestReader(MAX_FILE_BYTES);
    private final ChangedFiles changes = new ChangedFiles();
    private final SortedMap<String, Known> known = new TreeMap<>();
    private final SortedMap<String, SourceUnit> changedUnits = new TreeMap<>();
    private final Set<String> removedUnits = new TreeSet<>();
    private List<Problem> scanProblems = List.of();
    private boolean scanNeeded = true;
    private @Nullable DirectoryWatcher watcher;
    private volatile SourceStatus status =
            new SourceStatus(KIND, false, false, List.of(part(SourceStatus.State.LOADING, 0, "")));

    /**
     * A source; reads and watches nothing yet.
     *
     * @param directory the registry
     * @param rescanInterval how often to look for changes that no event told about
     * @param nanoClock elapsed time in nanoseconds
     */
    public FileSource(Path directory, Duration rescanInterval, LongSupplier nanoClock) {
        this.directory = directory;
        this.rescanInterval = rescanInterval;
        this.nanoClock = nanoClock;
    }

    @Override
    public void start(Runnable onChange) throws IOException {
        try {
            watcher = DirectoryWatcher.start(directory, rescanInterval, nanoClock, changes, onChange);
        } catch (IOException e) {
            throw new IOException(
                    directory + ": " + e.getMessage()
                            + "; check its permissions and the limit fs.inotify.max_user_watches",
                    e);
        }
    }

    @Override
    public SourceChange read() {
        Optional<Set<Path>> changed = watcher == null ? Optional.empty() : changes.take();
        if (scanNeeded || changed.isEmpty()) {
            scan();
        } else {
            changed.get().forEach(this::look);
        }
        SourceChange change =
                new SourceChange(List.copyOf(changedUnits.values()), List.copyOf(removedUnits), scanProblems);
        changedUnits.clear();
        removedUnits.clear();
        boolean failing = !scanProblems.isEmpty();
        status = new SourceStatus(
                KIND,
                true,
                failing,
                List.of(part(
                        failing ? SourceStatus.State.FAILING : SourceStatus.State.SYNCED,
                        known.size(),
                        failing ? scanProblems.getFirst().message() : "")));
        return change;
    }

    @Override
    public SourceStatus status() {
        return status;
    }

    private static SourceStatus.Part part(SourceStatus.State state, int files, String problem) {
        return new SourceStatus.Part("files", state, files, Optional.empty(), problem);
    }

    private void look(Path file) {
        String name = directory.relativize(file).toString();
        Known before = known.get(name);
        Optional<Known> now = readFile(file, name, before);
        if (now.isEmpty()) {
            forget(name);
        } else if (Files.isSymbolicLink(file) || (before == null && known.size() == MAX_FILES)) {
            scan();
        } else {
            remember(name, now.get());
        }
    }

    @SuppressWarnings("ReferenceEquality") // a file that is not read again is the same unit
    private void remember(String name, Known now) {
        Known before = known.put(name, now);
        if (before == null || before.unit != now.unit) {
            changedUnits.put(name, now.unit);
            removedUnits.remove(name);
        }
    }

    private void forget(String name) {
        if (known.remove(name) != null) {
            changedUnits.remove(name);
            removedUnits.add(name);
        }
    }

    private void scan() {
        List<Path> files;
        List<Problem> problems = new ArrayList<>();
        try {
            files = RegistryFiles.find(directory);
        } catch (IOException e) {
            scanNeeded = true;
            scanProblems =
                    List.of(problem("", directory + " cannot be read, what it held stays in force: " + reason(e)));
            return;
        }
        scanNeeded = files.stream().anyMatch(this::isLinked);
        if (files.size() > MAX_FILES) {
            scanNeeded = true;
            problems.add(problem(
                    "",
                    directory + " has " + files.size() + " files (expected: at most " + MAX_FILES
                            + "); the rest is not read"));
            files = files.subList(0, MAX_FILES);
        }
        Set<String> gone = new TreeSet<>(known.keySet());
        for (Path file : files) {
            String name = directory.relativize(file).toString();
            readFile(file, name, known.get(name)).ifPresent(unit -> {
                remember(name, unit);
                gone.remove(name);
            });
        }
        gone.forEach(this::forget);
        scanProblems = problems;
    }

    /** Whether the file, or a folder on the way to it, is a symbolic link. */
    private boolean isLinked(Path file) {
        for (Path at = file; at != null && !at.equals(directory); at = at.getParent()) {
            if (Files.isSymbolicLink(at)) {
                return true;
            }
        }
        return false;
    }

    private Optional<Known> readFile(Path file, String name, @Nullable Known before) {
        try {
            FileStamp stamp = FileStamp.of(file);
            if (before != null && before.stamp.equals(stamp)) {
                return Optional.of(before);
            }
            if (stamp.bytes() > MAX_FILE_BYTES) {
                return Optional.of(new Known(
                        stamp,
                        broken(name, "has " + stamp.bytes() + " bytes (expected: at most " + MAX_FILE_BYTES + ")")));
            }
            return Optional.of(new Known(stamp, reader.read(name, text(Files.readAllBytes(file)))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.of(new Known(FileStamp.NONE, broken(name, "is not UTF-8")));
        } catch (IOException e) {
            return Optional.of(new Known(FileStamp.NONE, broken(name, "cannot be read: " + reason(e))));
        }
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static SourceUnit broken(String name, String message) {
        return new SourceUnit(name, List.of(), List.of(problem(name, message)), false);
    }

    private static Problem problem(String unit, String message) {
        return new Problem(Problem.Severity.ERROR, new Provenance(unit, 0, 0), new ObjectRef("", "", ""), "", message);
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    @Override
    public void close() {
        if (watcher != null) {
            watcher.close();
        }
    }
}
