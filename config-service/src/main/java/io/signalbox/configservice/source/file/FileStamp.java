package io.signalbox.configservice.source.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/**
 * Tells whether a file may have changed.
 *
 * @param key the file's identity; differs after a file was replaced by another
 * @param bytes size
 * @param modified time of the last change, as fine as the file system tells
 * @param changed time of the last change of content or identity that programs cannot set
 */
record FileStamp(String key, long bytes, FileTime modified, FileTime changed) {
    /** Equal to no file's. */
    static final FileStamp NONE = new FileStamp("", -1, FileTime.fromMillis(0), FileTime.fromMillis(0));

    static FileStamp of(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileStamp(
                    Objects.toString(basic.fileKey()),
                    basic.size(),
                    basic.lastModifiedTime(),
                    basic.lastModifiedTime());
        }
        // All at once: every call asks the file system.
        Map<String, Object> all = Files.readAttributes(file, "unix:fileKey,size,lastModifiedTime,ctime");
        return new FileStamp(
                Objects.toString(all.get("fileKey")),
                (Long) Objects.requireNonNull(all.get("size")),
                (FileTime) Objects.requireNonNull(all.get("lastModifiedTime")),
                (FileTime) Objects.requireNonNull(all.get("ctime")));
    }
}
