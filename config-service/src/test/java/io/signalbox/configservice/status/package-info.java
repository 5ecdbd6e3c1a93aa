@NullMarked
package io.signalbox.configservice.status;

import org.jspecify.annotations.NullMarked;
