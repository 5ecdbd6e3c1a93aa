package io.signalbox.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The agent's directory, created if missing and locked, so that two agents cannot overwrite each other's copy. */
final class DataDirectory implements AutoCloseable {
    private final FileChannel lockFile;

    private DataDirectory(FileChannel lockFile) {
        this.lockFile = lockFile;
    }

    /** Creates, checks and locks; the lock ends with the process, however it ends. */
    static DataDirectory open(Path path) throws StartException {
        FileChannel channel;
        try {
            Files.createDirectories(path);
            channel = FileChannel.open(path.resolve("agent.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new StartException(path + ": not a directory (--data-dir must name one, or one that can be made)", e);
        } catch (IOException e) {
            throw new StartException(
                    path + ": cannot be used as --data-dir: " + e.getClass().getSimpleName()
                            + " (it must be writable for the user that runs the agent)",
                    e);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataDirectory(channel);
            }
            channel.close();
        } catch (IOException | OverlappingFileLockException e) {
            throw new StartException(path + ": cannot be locked: " + e, e);
        }
        throw new StartException(path + ": in use by another agent (give each agent a --data-dir of its own)");
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            // The process ends anyway, and the lock with it.
        }
    }
}
