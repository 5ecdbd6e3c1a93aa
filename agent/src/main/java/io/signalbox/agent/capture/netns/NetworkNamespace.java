package io.signalbox.agent.capture.netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open network namespace: it lives for as long as this is open, or a process or a socket is in it. Needs
 * CAP_SYS_ADMIN to be entered, and CAP_SYS_PTRACE to be opened by another user's process.
 */
public final class NetworkNamespace implements AutoCloseable {
    /** That of the calling thread. */
    public static final Path OWN = Path.of("/proc/thread-self/ns/net");

    private static final Logger LOG = LoggerFactory.getLogger(NetworkNamespace.class);

    private final int file;
    private final long inode;
    private boolean closed;

    /** What is done inside. */
    @FunctionalInterface
    public interface Action<T> {
        /** Does it. */
        T run() throws IOException;
    }

    private NetworkNamespace(int file, long inode) {
        this.file = file;
        this.inode = inode;
    }

    /**
     * Opens a namespace.
     *
     * @param path such as {@code /proc/1/ns/net} or {@code /run/netns/name}
     */
    public static NetworkNamespace open(Path path) throws IOException {
        int file = Libc.open(path.toString());
        try {
            return new NetworkNamespace(file, inode(Path.of("/proc/self/fd/" + file)));
        } catch (IOException e) {
            Libc.close(file);
            throw e;
        }
    }

    /** What tells a namespace apart from all others that live: the inode behind such a path. */
    public static long inode(Path path) throws IOException {
        return (Long) Files.getAttribute(path, "unix:ino");
    }

    /** As {@link #inode(Path)}. */
    public long inode() {
        return inode;
    }

    /**
     * Runs an action with the calling thread inside the namespace, and brings the thread back. Programs that it starts
     * are inside too.
     *
     * @throws IOException when the namespace cannot be entered, or from the action
     */
    public <T> T inside(Action<T> action) throws IOException {
        if (closed) {
            throw new IllegalStateException("network namespace " + inode + ": closed");
        }
        int own = Libc.open(OWN.toString());
        try {
            Libc.setns(file, Libc.NETWORK);
            try {
                return action.run();
            } finally {
                back(own);
            }
        } finally {
            Libc.close(own);
        }
    }

    private static void back(int own) {
        try {
            Libc.setns(own, Libc.NETWORK);
        } catch (IOException e) {
            // On this thread the agent would take the network of a pod for its own.
            LOG.error("the agent's own network namespace cannot be entered any more, ending: reason={}", e.toString());
            Runtime.getRuntime().halt(1);
        }
    }

    /**
     * Moves the calling thread, for good, where it sees the cgroups of all processes by their whole paths.
     *
     * @throws IOException when it may not
     */
    public static void seeAllCgroups() throws IOException {
        int first = Libc.open("/proc/1/ns/cgroup");
        try {
            Libc.setns(first, Libc.CGROUP);
        } finally {
            Libc.close(first);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                Libc.close(file);
            } catch (IOException e) {
                LOG.warn("closing a network namespace failed: inode={} reason={}", inode, e.toString());
            }
        }
    }

    @Override
    public String toString() {
        return "net:[" + inode + "]";
    }
}
