@NullMarked
package io.signalbox.configservice.publish;

import org.jspecify.annotations.NullMarked;
