package io.signalbox.configservice.source.file;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/** Which files and folders below a directory belong to the registry. */
final class RegistryFiles {
    /** Deepest folder that is looked into. */
    static final int MAX_DEPTH = 32;

    private RegistryFiles() {}

    /**
     * The registry's files, ordered by path. What vanishes or cannot be entered while looking is left out.
     *
     * @throws IOException when the directory itself cannot be read
     */
    static List<Path> find(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        walk(directory, new ArrayList<>(), files);
        Collections.sort(files);
        return files;
    }

    /** The folders to watch: the directory, every folder below it, and hidden ones that links in it lead through. */
    static List<Path> folders(Path directory) throws IOException {
        List<Path> folders = new ArrayList<>();
        walk(directory, folders, new ArrayList<>());
        return folders;
    }

    private static void walk(Path directory, List<Path> folders, List<Path> files) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("no directory");
        }
        Files.walkFileTree(directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (!folder.equals(directory) && isHidden(folder)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                folders.add(folder);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (isManifest(file) && attributes.isRegularFile()) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (file.equals(directory)) {
                    throw failure;
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Whether it has the name of a file of the registry. */
    static boolean isManifest(Path file) {
        String name = fileName(file).toLowerCase(Locale.ROOT);
        return !isHidden(file) && (name.endsWith(".yaml") || name.endsWith(".yml"));
    }

    static boolean isHidden(Path file) {
        return fileName(file).startsWith(".");
    }

    private static String fileName(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }
}
