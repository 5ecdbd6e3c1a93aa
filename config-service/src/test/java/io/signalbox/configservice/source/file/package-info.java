@NullMarked
package io.signalbox.configservice.source.file;

import org.jspecify.annotations.NullMarked;
