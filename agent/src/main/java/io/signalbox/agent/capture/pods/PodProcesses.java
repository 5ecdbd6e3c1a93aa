package io.signalbox.agent.capture.pods;

import io.signalbox.agent.capture.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The processes of pods, found in {@code /proc}. A process is looked at when it is new, and again while it is young: it
 * begins outside of its pod's cgroup and namespace and moves in before it runs the pod's program. Confined to one
 * thread.
 */
final class PodProcesses {
    /** A process that is in no pod by then does not become a pod's any more. */
    private static final long YOUNG_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** While no process is new, ended ones are noticed after this time. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path proc;
    private final PodCgroups cgroups;
    private final LongPredicate isLeftAlone;
    private final Map<Integer, Seen> seen = new HashMap<>();
    private final Map<Long, Found> namespaces = new HashMap<>();
    private final Map<Integer, Denied> denied = new TreeMap<>();
    private int scan;
    private String newest = "";
    private long scannedNanos;
    private long nextLookNanos;

    /** A process. */
    private static final class Seen {
        final long firstNanos;
        long nextLookNanos;
        int scan;

        @Nullable
        Found in;

        Seen(long firstNanos) {
            this.firstNanos = firstNanos;
            this.nextLookNanos = firstNanos;
        }
    }

    /**
     * A process of a pod whose namespace may not be seen.
     *
     * @param uid of the pod
     * @param reason in the words of the system
     */
    record Denied(String uid, String reason) {}

    /** A network namespace with processes of a pod. */
    static final class Found {
        private final long inode;
        private final String uid;
        private final Set<Integer> pids = new LinkedHashSet<>();

        private Found(long inode, String uid) {
            this.inode = inode;
            this.uid = uid;
        }

        /** Of the namespace. */
        long inode() {
            return inode;
        }

        /** Of the pod whose process was the first to be seen there. */
        String uid() {
            return uid;
        }

        /** Its processes; while there are any, {@code /proc/PID/ns/net} of each leads to it. */
        Set<Integer> pids() {
            return pids;
        }
    }

    /**
     * Has seen nothing yet.
     *
     * @param proc where the process file system is
     * @param isLeftAlone tells inodes of network namespaces that are no pod's
     */
    PodProcesses(Path proc, PodCgroups cgroups, LongPredicate isLeftAlone) {
        this.proc = proc;
        this.cgroups = cgroups;
        this.isLeftAlone = isLeftAlone;
    }

    /** The namespaces that have processes, by inode. */
    Map<Long, Found> namespaces() {
        return namespaces;
    }

    /** Processes whose namespaces may not be seen, by pid. */
    Map<Integer, Denied> denied() {
        return denied;
    }

    /**
     * The first of its processes is not there any more: a program that is being started enters its pod's namespace
     * after its cgroup, and was seen between the two.
     */
    void lookAgain(Found found) {
        for (int pid : found.pids) {
            Seen process = seen.get(pid);
            if (process != null) {
                process.in = null;
                process.nextLookNanos = process.firstNanos;
                nextLookNanos = process.firstNanos;
            }
        }
        namespaces.remove(found.inode, found);
    }

    /** Path of the namespace of a process. */
    Path namespaceOf(int pid) {
        return proc.resolve(Integer.toString(pid)).resolve("ns").resolve("net");
    }

    /**
     * Looks at what came, went and is young.
     *
     * @throws IOException when there is no process file system
     */
    void scan(long nowNanos) throws IOException {
        String newestNow = newest();
        if (!newestNow.isEmpty()
                && newestNow.equals(newest)
                && nextLookNanos - nowNanos > 0
                && nowNanos - scannedNanos < QUIET_NANOS) {
            return;
        }
        newest = newestNow;
        scannedNanos = nowNanos;
        nextLookNanos = nowNanos + YOUNG_NANOS;
        String[] names = proc.toFile().list();
        if (names == null) {
            throw new IOException(proc + ": cannot be read (expected: the process file system)");
        }
        scan++;
        for (String name : names) {
            if (Character.isDigit(name.charAt(0))) {
                int pid = Integer.parseInt(name);
                Seen process = seen.computeIfAbsent(pid, _ -> new Seen(nowNanos));
                process.scan = scan;
                if (process.in == null && process.nextLookNanos - nowNanos <= 0) {
                    look(pid, process, nowNanos);
                }
                if (process.in == null && process.nextLookNanos - nextLookNanos < 0) {
                    nextLookNanos = process.nextLookNanos;
                }
            }
        }
        forgetWhatEnded();
    }

    /** What changes with every process and thread that begins; empty where it cannot be read. */
    private String newest() {
        try {
            String text = Files.readString(proc.resolve("loadavg")).strip();
            return text.substring(text.lastIndexOf(' ') + 1);
        } catch (IOException e) {
            return "";
        }
    }

    private void look(int pid, Seen process, long nowNanos) {
        long age = nowNanos - process.firstNanos;
        // At ages that double, so that an old process costs nothing.
        process.nextLookNanos = age < YOUNG_NANOS ? nowNanos + age : nowNanos + Long.MAX_VALUE / 2;
        try {
            String uid = cgroups.uid(
                    Files.readString(proc.resolve(Integer.toString(pid)).resolve("cgroup")));
            if (uid != null) {
                lookInside(pid, process, uid);
            }
        } catch (IOException e) {
            // It has ended meanwhile.
        }
    }

    private void lookInside(int pid, Seen process, String uid) throws IOException {
        try {
            long inode = NetworkNamespace.inode(namespaceOf(pid));
            denied.remove(pid);
            if (!isLeftAlone.test(inode)) {
                Found found = namespaces.computeIfAbsent(inode, _ -> new Found(inode, uid));
                found.pids.add(pid);
                process.in = found;
            }
        } catch (AccessDeniedException e) {
            denied.put(pid, new Denied(uid, e.getMessage() + ": permission denied (expected: CAP_SYS_PTRACE)"));
        }
    }

    private void forgetWhatEnded() {
        for (Iterator<Map.Entry<Integer, Seen>> all = seen.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Integer, Seen> entry = all.next();
            Seen process = entry.getValue();
            if (process.scan != scan) {
                all.remove();
                denied.remove(entry.getKey());
                Found found = process.in;
                if (found != null) {
                    found.pids.remove(entry.getKey());
                    if (found.pids.isEmpty()) {
                        namespaces.remove(found.inode, found);
                    }
                }
            }
        }
    }
}
