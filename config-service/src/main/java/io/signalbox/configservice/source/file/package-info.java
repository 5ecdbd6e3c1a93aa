/**
 * The registry source that watches a directory of YAML files.
 *
 * <p>Reading runs on the pipeline's thread, watching on a thread of its own that only signals. Must not import anything
 * right of {@code source}. Start reading at {@link io.signalbox.configservice.source.file.FileSource}.
 */
@NullMarked
package io.signalbox.configservice.source.file;

import org.jspecify.annotations.NullMarked;
