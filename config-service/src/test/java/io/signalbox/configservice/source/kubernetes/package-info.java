@NullMarked
package io.signalbox.configservice.source.kubernetes;

import org.jspecify.annotations.NullMarked;
