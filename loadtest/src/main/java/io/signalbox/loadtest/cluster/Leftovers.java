package io.signalbox.loadtest.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What clusters have left behind whose process was killed. */
public final class Leftovers {
    private Leftovers() {}

    /** Removes the namespaces, cgroups, sockets and processes of all owners that no longer run; returns their names. */
    public static List<String> remove() throws IOException, InterruptedException {
        List<String> removed = new ArrayList<>();
        for (String name : NetworkNamespace.names()) {
            if (isOrphan(name)) {
                NetworkNamespace.remove(name);
                removed.add(name);
            }
        }
        for (String name : names(Cgroup.root())) {
            if (isOrphan(name)) {
                Cgroup.create(name).close();
                removed.add(name);
            }
        }
        for (String name : names(Owner.RUN_FILES)) {
            if (isOrphan(name)) {
                Files.deleteIfExists(Owner.RUN_FILES.resolve(name));
            }
        }
        return removed;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static boolean isOrphan(String name) {
        return Owner.of(name).filter(owner -> !owner.isAlive()).isPresent();
    }
}
