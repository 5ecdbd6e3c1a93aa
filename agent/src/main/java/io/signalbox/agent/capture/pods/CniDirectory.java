package io.signalbox.agent.capture.pods;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which the CNI plugin leaves requests and finds answers. Files appear whole, since each is written
 * under another name first. Of several agents the one that came last answers. Confined to one thread.
 *
 * <pre>
 * agent          process id of the agent that answers; the plugin takes it for gone when this process is
 * NAME.request   what is asked, see {@link CniRequest#parse}
 * NAME.answer    the exit code in a line of its own, and what is to be printed
 * </pre>
 */
final class CniDirectory implements AutoCloseable {
    private static final String AGENT = "agent";
    private static final String REQUEST = ".request";
    private static final String ANSWER = ".answer";
    private static final String NEW = ".new";

    /** Longer than the plugin waits. */
    private static final Duration STALE = Duration.ofMinutes(1);

    private static final int MAX_REQUEST_BYTES = 1024 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(CniDirectory.class);

    private final Path directory;
    private final String self = Long.toString(ProcessHandle.current().pid());

    private CniDirectory(Path directory) {
        this.directory = directory;
    }

    /** Makes the directory, for its owner alone, and answers there from now on. */
    static CniDirectory open(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        CniDirectory opened = new CniDirectory(directory);
        opened.write(AGENT, opened.self + "\n");
        return opened;
    }

    /**
     * Answers all requests that there are.
     *
     * @return whether there were any
     */
    boolean answer(Function<CniRequest, CniAnswer> handler) throws IOException {
        List<String> names = names(REQUEST);
        if (names.isEmpty() || !isAnswering()) {
            return false;
        }
        for (String name : names) {
            Path request = directory.resolve(name);
            String answer = name.substring(0, name.length() - REQUEST.length()) + ANSWER;
            try {
                CniAnswer given = handler.apply(CniRequest.parse(read(request)));
                write(answer, given.exitCode() + "\n" + (given.output().isEmpty() ? "" : given.output() + "\n"));
            } catch (NoSuchFileException e) {
                LOG.debug("the plugin has given up: request={}", name);
            } catch (IllegalArgumentException e) {
                LOG.warn("a request of the CNI plugin cannot be read: request={} reason={}", name, e.getMessage());
            }
            Files.deleteIfExists(request);
        }
        return true;
    }

    private static String read(Path request) throws IOException {
        long bytes = Files.size(request);
        if (bytes > MAX_REQUEST_BYTES) {
            throw new IllegalArgumentException(bytes + " bytes (expected: at most " + MAX_REQUEST_BYTES + ")");
        }
        return Files.readString(request);
    }

    private List<String> names(String ending) throws IOException {
        String[] all = directory.toFile().list();
        if (all == null) {
            throw new IOException(directory + ": cannot be read");
        }
        return Arrays.stream(all).filter(name -> name.endsWith(ending)).toList();
    }

    private boolean isAnswering() throws IOException {
        return Files.readString(directory.resolve(AGENT)).strip().equals(self);
    }

    private void write(String name, String text) throws IOException {
        Path fresh = directory.resolve(name + NEW);
        Files.writeString(fresh, text);
        Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes what plugins that were killed have left. */
    void removeStale(Instant now) throws IOException {
        for (String ending : List.of(REQUEST, ANSWER, NEW)) {
            for (String name : names(ending)) {
                Path file = directory.resolve(name);
                try {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(STALE))) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException e) {
                    LOG.debug("the plugin has removed it itself: file={}", name);
                }
            }
        }
    }

    /** Answers no more. */
    @Override
    public void close() {
        try {
            if (isAnswering()) {
                Files.delete(directory.resolve(AGENT));
            }
        } catch (IOException e) {
            LOG.debug("another agent has the directory: reason={}", e.toString());
        }
    }
}
